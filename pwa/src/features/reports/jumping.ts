import type { Draft } from './drafts'
import type { Document } from './data'
import { readIn } from './words'

/** A place that a report is jumped to by its heading. */
export interface Place {
  id: string
  title: string
}
export const headOf = (part: string, section = ''): string => `report-${part}${section ? `-${section}` : ''}`
export const tableHead = (key: string): string => `report-table-${key}`

/** The headings of a report that is read: of its parts, of their sections, and of the tables. */
export const headsOf = (document: Document): Place[] => [
  ...document.parts
    .filter((part) => part.sections.some((one) => readIn(one).length))
    .flatMap((part) => [
      { id: headOf(part.key), title: part.title },
      ...part.sections
        .filter((one) => one.title && readIn(one).length)
        .map((one) => ({ id: headOf(part.key, one.key), title: one.title! })),
    ]),
  ...document.tables.map((table) => ({ id: tableHead(table.key), title: table.title })),
]

/** Those of one that is written, where a part without anything has its place, too. */
export const draftHeads = (draft: Draft): Place[] =>
  draft.parts.flatMap((part) => [
    { id: headOf(part.key), title: part.title },
    ...part.sections.filter((one) => one.title).map((one) => ({ id: headOf(part.key, one.key), title: one.title })),
  ])

/** The keyboard and a screen reader go on from there. */
export function jumpTo(id: string): void {
  const head = document.getElementById(id)
  head?.scrollIntoView({ block: 'start' })
  head?.focus({ preventScroll: true })
}
