import { ApiError, client, fetchWithin, ok, problemOf, timeouts, type Schemas } from '@/api/client'
import { fieldOf } from '@/domain/catalogue'
import type { Content, Value } from '@/domain/content'
import { valueText } from '@/forms/show'
import { divisions, formOf, workUnits } from '@/state/places'
import { authorised, seats } from '@/state/session'
import { label, t, type TextKey } from '@/texts'
import { registers } from '@/texts/registers'

export type Plan = Schemas['RegisterPlan']
export type Line = Schemas['RegisterLine']
export type Fault = Schemas['RegisterFault']
export type Done = Schemas['RegisterDone']

/** What she has decided on the lines of one file, by their id. */
export interface Choices {
  same: Record<string, string>
  take: Record<string, string[]>
}

/** Units whose list this account keeps: its own, and those right below where it reviews or manages. */
export function keptUnits(): string[] {
  const above = new Set(
    seats.value.filter((seat) => ['reviewer', 'manager'].includes(seat.role)).map((seat) => seat.unit),
  )
  const below = [...divisions.value.values()].filter((one) => above.has(one.parent)).map((one) => one.code)
  return [...new Set([...workUnits.value, ...below.sort()])]
}

function form(file: File, choices: Choices): FormData {
  const body = new FormData()
  body.append('file', file)
  body.append('choices', JSON.stringify(choices))
  return body
}

/** A file takes longer on a village's line than anything else that is asked for. */
const patient = (request: Request) => fetchWithin(timeouts.sync, request)

export const preview = (unit: string, file: File, choices: Choices): Promise<Plan> =>
  authorised((headers) =>
    ok(
      client.POST('/api/v1/registers/import/preview', {
        params: { query: { unit } },
        headers,
        body: { file: '' },
        bodySerializer: () => form(file, choices),
        fetch: patient,
      }),
    ),
  )

export const takeOver = (unit: string, state: string, file: File, choices: Choices): Promise<Done> =>
  authorised((headers) =>
    ok(
      client.POST('/api/v1/registers/import', {
        params: { query: { unit, state } },
        headers,
        body: { file: '' },
        bodySerializer: () => form(file, choices),
        fetch: patient,
      }),
    ),
  )

/** Fetches a spreadsheet and gives it to the browser's downloads, under the name that the server gave it. */
export async function download(what: 'export' | 'template', unit: string): Promise<void> {
  const [blob, name] = await authorised(async (headers): Promise<[Blob, string]> => {
    const answer = await fetchWithin(
      timeouts.sync,
      new Request(`${location.origin}/api/v1/registers/${what}?unit=${unit}`, { headers }),
    )
    const type = answer.headers.get('content-type') ?? ''
    if (!answer.ok) throw problemOf(answer, /json/.test(type) ? await answer.json() : undefined)
    if (!/spreadsheetml/.test(type)) throw new ApiError('portal', answer.status)
    const given = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get('content-disposition') ?? '')?.[1]
    return [await answer.blob(), given ? decodeURIComponent(given) : `${what}.xlsx`]
  })
  save(blob, name)
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Where to look in the file. */
export function placeText(fault: { sheet?: string; row?: number; cell?: string }): string {
  return [
    fault.sheet && t('registers.at.sheet', { sheet: fault.sheet }),
    fault.row && t('registers.at.row', { row: fault.row }),
    fault.cell && t('registers.at.cell', { cell: fault.cell }),
  ]
    .filter(Boolean)
    .join(' ')
}

/** What is wrong and what to do; a code that this app has never heard of is said in the server's words. */
export function faultText(fault: Fault): string {
  if (!(fault.code in registers.zh.fault)) return fault.sentence
  return t(`registers.fault.${fault.code}` as TextKey, { value: fault.value ?? '', heading: fault.heading ?? '' })
}

/** The list of what is wrong, for whoever corrects it at another desk. A text that a spreadsheet would compute is not. */
export function faultsFile(faults: Fault[]): Blob {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`
  const lines = faults.map((one) => [one.sheet ?? '', String(one.row ?? ''), one.cell ?? '', faultText(one)])
  const head = [t('registers.sheet'), t('registers.row'), t('registers.cell'), t('registers.wrong')]
  // With the mark by which Excel knows UTF-8.
  return new Blob(['\ufeff', [head, ...lines].map((one) => one.map(cell).join(',')).join('\r\n')], { type: 'text/csv' })
}

/** A field's name and value in words. */
export function fieldName(type: Line['type'], key: string): string {
  return label(fieldOf(formOf(type), key)?.label)
}
export function said(type: Line['type'], key: string, value: unknown, names: Plan['names']): string {
  const field = fieldOf(formOf(type), key)
  return field ? valueText(field, (value ?? undefined) as Value | undefined, (id) => names[id] ?? '') : ''
}

/** What a line is called, and the rest of what its record says. */
export function title(line: { type: Line['type']; content: Record<string, unknown> }, names: Plan['names']): string {
  const key = formOf(line.type)?.summary[0]
  return (key && said(line.type, key, line.content[key], names)) || '—'
}
export function rest(type: Line['type'], content: Record<string, unknown>, names: Plan['names']): string {
  const sheet = formOf(type)
  return (sheet?.fields ?? [])
    .filter((field) => field.key !== sheet?.summary[0] && !field.hidden)
    .map((field) => said(type, field.key, (content as Content)[field.key], names))
    .filter(Boolean)
    .join(' · ')
}

/** The first tick of a change: what is empty now is filled, what stands there stays. */
export function firstTicks(plan: Plan): Choices['take'] {
  const take: Choices['take'] = {}
  for (const line of plan.lines) {
    const gaps = (line.changes ?? []).filter((one) => one.present === null).map((one) => one.field)
    if (gaps.length) take[line.id] = gaps
  }
  return take
}

/** Doubtful lines that nobody has decided yet. */
export const undecided = (plan: Plan, choices: Choices): Line[] =>
  plan.lines.filter((one) => one.what === 'doubtful' && !choices.same[one.id])

/** How many records an import would add and change. */
export function amount(plan: Plan, choices: Choices): { added: number; changed: number } {
  const changed = plan.lines.filter((one) =>
    one.changes?.some((change) => choices.take[one.id]?.includes(change.field)),
  )
  return { added: plan.households.new + plan.persons.new, changed: changed.length }
}
