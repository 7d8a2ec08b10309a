import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A folder with the built-in catalogue and one form more. */
export function catalogueWith(form: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'niangjia-catalogue-'))
  cpSync(path.resolve('../server/catalogue'), folder, { recursive: true, filter: (from) => !from.endsWith('.go') })
  const sections = path.join(folder, 'sections.json')
  const section = existsSync(sections) ? { section: JSON.parse(readFileSync(sections, 'utf8'))[0].id } : {}
  const { id } = form as { id: string }
  writeFileSync(path.join(folder, `forms/${id}.json`), JSON.stringify({ ...form, ...section }, undefined, 2))
  return folder
}
