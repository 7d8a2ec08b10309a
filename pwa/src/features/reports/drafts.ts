import { getMeta, setMeta } from '@/db/meta'
import type { Document, Part } from './data'
import { editable, parsed, type Names } from './words'

/** A report while its words are changed: each sentence as it is typed, figures between braces. */
export interface Draft {
  /** The version that it began with. */
  version: number
  title: string
  parts: DraftPart[]
  /** Once another's words were taken in: what both had changed and she has not decided on. It stays with the words, for the page may be closed. */
  both?: Both[]
}
/** A place that both have changed; `theirs` is undefined where they took it out. */
export interface Both {
  place: string
  mine: string
  theirs?: string
}
export interface DraftPart {
  key: Part['key']
  title: string
  sections: DraftSection[]
}
export interface DraftSection {
  key: string
  title: string
  paragraphs: { key: string; text: string }[]
}

export const draftOf = (document: Document, names: Names): Draft => ({
  version: document.version,
  title: document.title,
  parts: document.parts.map((part) => ({
    key: part.key,
    title: part.title,
    sections: part.sections.map((section) => ({
      key: section.key,
      title: section.title ?? '',
      paragraphs: section.paragraphs.map((one) => ({ key: one.key, text: editable(names, one.runs) })),
    })),
  })),
})

/** What is sent of it; the marks that name no figure, by the key of their sentence. */
export function partsOf(draft: Draft, names: Names): { parts: Part[]; unknown: Record<string, string[]> } {
  const unknown: Record<string, string[]> = {}
  const parts = draft.parts.map((part) => ({
    key: part.key,
    title: part.title,
    sections: part.sections.map((section) => ({
      key: section.key,
      title: section.title,
      paragraphs: section.paragraphs
        .filter((one) => one.text.trim())
        .map((one) => {
          const said = parsed(names, one.text.trim())
          if (said.unknown.length) unknown[placeOf(part.key, section.key, one.key)] = said.unknown
          return { key: one.key, runs: said.runs }
        }),
    })),
  }))
  return { parts, unknown }
}

export const placeOf = (part: string, section: string, paragraph: string) => `${part}/${section}/${paragraph}`

/** How many places of a draft are others than the document has. */
export function changed(draft: Draft, document: Document, names: Names): number {
  const was = draftOf(document, names)
  const flat = (one: Draft) => {
    const out = new Map<string, string>([['title', one.title]])
    for (const part of one.parts)
      for (const section of part.sections) {
        out.set(`${part.key}/${section.key}`, section.title)
        for (const each of section.paragraphs) out.set(placeOf(part.key, section.key, each.key), each.text)
      }
    return out
  }
  const [a, b] = [flat(was), flat(draft)]
  let n = 0
  for (const key of new Set([...a.keys(), ...b.keys()])) if ((a.get(key) ?? '') !== (b.get(key) ?? '')) n++
  return n
}

/** Words that the server does not have: they survive that the page is closed. */
export const unsent = async (): Promise<Record<string, Draft>> =>
  ((await getMeta('reportDrafts')) as Record<string, Draft> | undefined) ?? {}

// One after the other: each reads what the one before has written.
let writing: Promise<unknown> = Promise.resolve()
function change(to: (all: Record<string, Draft>) => void): Promise<void> {
  const next = writing.then(async () => {
    const all = await unsent()
    to(all)
    await setMeta('reportDrafts', all)
  })
  writing = next.catch(() => undefined)
  return next
}

/** As plain data: what a page watches cannot be stored. */
export const keepHere = (id: string, draft: Draft): Promise<void> =>
  change((all) => (all[id] = JSON.parse(JSON.stringify(draft)) as Draft))
export const dropHere = (id: string): Promise<void> => change((all) => delete all[id])
