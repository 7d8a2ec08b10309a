import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

interface Form {
  version: number
  fields: { key: string; [key: string]: unknown }[]
}
const both = (zh: string, en: string) => ({ zh, en })

/** A catalogue whose visits take photos and a voice note, and whose aid is signed for, whatever the built-in forms ask. */
export function photographing(): { catalogue: string; version: number } {
  const catalogue = mkdtempSync(path.join(tmpdir(), 'niangjia-photos-'))
  afterAll(() => rmSync(catalogue, { recursive: true, force: true }))
  cpSync(path.resolve('../server/catalogue'), catalogue, { recursive: true, filter: (from) => !from.endsWith('.go') })
  const having = (id: string, ...fields: Form['fields']): number => {
    const file = path.join(catalogue, `forms/${id}.json`)
    const form = JSON.parse(readFileSync(file, 'utf8')) as Form
    const more = fields.filter((field) => !form.fields.some((one) => one.key === field.key))
    if (more.length) {
      form.version++
      form.fields.push(...more)
      writeFileSync(file, JSON.stringify(form, undefined, 2))
    }
    return form.version
  }
  having('aid_distribution', {
    key: 'signature',
    type: 'signature',
    label: both('领取人签名', 'Signature of the recipient'),
    folded: true,
    personal: true,
  })
  const version = having(
    'home_visit',
    { key: 'photos', type: 'photo', label: both('照片', 'Photos'), screen: 2, personal: true },
    { key: 'voice', type: 'voice', label: both('语音说明', 'Voice note'), screen: 2, personal: true },
  )
  return { catalogue, version }
}
