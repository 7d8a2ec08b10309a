import { ApiError, client, ok, type Schemas } from '@/api/client'
import { authorised } from '@/state/session'
import { errorText, language, t } from '@/texts'

export type Row = Schemas['ReportRow']
export type Document = Schemas['ReportDocument']
export type Part = Schemas['ReportPart']
export type Section = Part['sections'][number]
export type Paragraph = Section['paragraphs'][number]
export type Run = Paragraph['runs'][number]
export type Figure = Schemas['ReportFigure']
export type Value = Schemas['ReportValue']
export type Note = Schemas['ReportNote']

const of = (id: string) => ({ path: { id } })

export interface Told {
  report: Document
  writes: boolean
  names: Record<string, string>
}

export const list = (): Promise<{ reports: Row[]; writes: string[] }> =>
  authorised((headers) => ok(client.GET('/api/v1/reports', { headers })))

export const make = (body: { id: string; unit: string; from: string; to: string }): Promise<Told> =>
  authorised((headers) => ok(client.POST('/api/v1/reports', { body, headers })))

export const one = (id: string, version?: number): Promise<Told> =>
  authorised((headers) =>
    ok(client.GET('/api/v1/reports/{id}', { params: { ...of(id), query: { version } }, headers })),
  )

export const edit = (id: string, body: { version: number; title: string; parts: Part[] }): Promise<Told> =>
  authorised((headers) => ok(client.PUT('/api/v1/reports/{id}', { params: of(id), body, headers })))

export const drop = (id: string): Promise<void> =>
  authorised((headers) => ok(client.DELETE('/api/v1/reports/{id}', { params: of(id), headers })))

export const versions = (id: string) =>
  authorised((headers) => ok(client.GET('/api/v1/reports/{id}/versions', { params: of(id), headers }))).then(
    (answer) => answer.versions,
  )
export type Version = Awaited<ReturnType<typeof versions>>[number]

export interface Overriding {
  version: number
  figure: string
  /** In the steps of the figure; `null` takes it back. */
  value: number | null
  reason: string
}

export const override = (id: string, body: Overriding): Promise<Told> =>
  authorised((headers) => ok(client.POST('/api/v1/reports/{id}/override', { params: of(id), body, headers })))

export const renew = (id: string, version: number): Promise<Told> =>
  authorised((headers) => ok(client.POST('/api/v1/reports/{id}/renew', { params: of(id), body: { version }, headers })))

export const sign = (id: string, version: number): Promise<Told> =>
  authorised((headers) => ok(client.POST('/api/v1/reports/{id}/sign', { params: of(id), body: { version }, headers })))

export const formats = ['docx', 'pdf', 'xlsx'] as const
export type Format = (typeof formats)[number]

export const file = (id: string, format: Format): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/reports/{id}/file', {
        params: { ...of(id), query: { format } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

const upload = (file: File) => {
  const form = new FormData()
  form.append('file', file)
  return { body: { file: '' }, bodySerializer: () => form }
}

export interface FileFault {
  code: string
  /** Words of the paragraph, '' for the whole file. */
  place: string
  sentence: string
}

/** Her own Word file filled with the figures; or what is wrong in it, and then there is none. */
export async function fill(id: string, template: File): Promise<{ file?: Blob; faults: FileFault[] }> {
  const answer = (await authorised((headers) =>
    ok(client.POST('/api/v1/reports/{id}/file', { params: of(id), ...upload(template), headers, parseAs: 'blob' })),
  )) as Blob
  if (!answer.type.includes('json')) return { file: answer, faults: [] }
  return JSON.parse(await answer.text()) as { faults: FileFault[] }
}

export type Restatement = Awaited<ReturnType<typeof restated>>

export const restate = (id: string) =>
  authorised((headers) => ok(client.POST('/api/v1/reports/{id}/restatement', { params: of(id), headers })))

export const restated = (id: string) =>
  authorised((headers) => ok(client.GET('/api/v1/reports/{id}/restatement', { params: of(id), headers })))

/** Its figures as a file. */
export const restatedFile = (id: string, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/reports/{id}/restatement/export', {
        params: { ...of(id), query: { format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

export const materials = (id: string) =>
  authorised((headers) => ok(client.GET('/api/v1/reports/{id}/materials', { params: of(id), headers })))
export type Materials = Awaited<ReturnType<typeof materials>>

export const notes = (year: string): Promise<Note[]> =>
  authorised((headers) => ok(client.GET('/api/v1/reports/notes', { params: { query: { year } }, headers }))).then(
    (answer) => answer.notes,
  )

export const sendNote = (body: { id: string; unit: string; kind: Note['kind']; text: string }): Promise<void> =>
  authorised((headers) => ok(client.POST('/api/v1/reports/notes', { body, headers })))

export const takeBack = (id: string): Promise<void> =>
  authorised((headers) => ok(client.DELETE('/api/v1/reports/notes/{id}', { params: of(id), headers })))

export interface Span {
  unit: string
  from: string
  to: string
}

export const pastTemplate = (query: Span): Promise<Blob> =>
  authorised((headers) =>
    ok(client.GET('/api/v1/reports/past/template', { params: { query }, headers, parseAs: 'blob' })),
  ) as Promise<Blob>

export const importPast = (query: Span, file: File) =>
  authorised((headers) => ok(client.POST('/api/v1/reports/past', { params: { query }, ...upload(file), headers })))
export type PastFault = Awaited<ReturnType<typeof importPast>>['faults'][number]

export interface Case {
  text: string
  marked: boolean
}

export const caseOf = (entry: string): Promise<Case> =>
  authorised((headers) => ok(client.GET('/api/v1/entries/{id}/case', { params: of(entry), headers })))

export const markCase = (entry: string, text: string): Promise<Case> =>
  authorised((headers) => ok(client.PUT('/api/v1/entries/{id}/case', { params: of(entry), body: { text }, headers })))

export const unmarkCase = (entry: string): Promise<void> =>
  authorised((headers) => ok(client.DELETE('/api/v1/entries/{id}/case', { params: of(entry), headers })))

/** The figures of a unit as they are now: of a part of a figure each unit has to be asked for its own. */
export const totalsOf = (unit: string, period: string): Promise<Schemas['TotalsAnswer']> =>
  authorised((headers) => ok(client.GET('/api/v1/totals', { params: { query: { unit, period } }, headers })))

export const codeOf = (problem: unknown): string => (problem instanceof ApiError ? problem.code : 'unknown')

/** What to say about an error of one of these. */
export function problemText(problem: unknown): string {
  const code = codeOf(problem)
  if (code === 'network') return t('reports.offline')
  // A large city's takes longer than that now and then: it is being made, and asking again gets it.
  if (code === 'timeout') return t('reports.slow')
  return errorText(code)
}

/** A file for her folder of downloads. */
export function keep(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
