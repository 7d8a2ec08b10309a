import { ApiError } from '@/api/client'
import { getMeta, setMeta } from '@/db/meta'
import type { Content } from '@/domain/content'
import * as data from './data'
import { numberOf, scaleOf, typedOf } from './words'

/** A campaign while it is being written: targets as they were typed, by unit. */
export interface Draft {
  id: string
  unit: string
  title: string
  text: string
  counts: data.Counts
  start: string
  deadline: string
  typed: Record<string, string>
  remind: number[]
  preset: Content
}

export const usualReminders = [7, 3, 1, 0, -1]

export const emptyDraft = (id: string, unit: string): Draft => ({
  id,
  unit,
  title: '',
  text: '',
  counts: {},
  start: '',
  deadline: '',
  typed: {},
  remind: usualReminders,
  preset: {},
})

/** Targets as they are typed. */
export function typedTargets(one: Pick<data.Campaign, 'targets' | 'counts'>): Record<string, string> {
  const scale = scaleOf(one.counts)
  return Object.fromEntries(one.targets.map((target) => [target.unit, typedOf(target.n, scale)]))
}

/** What was typed as targets; what is no number stands as 0, which is told with its unit. */
export const targetsOf = (typed: Record<string, string>, counts: data.Counts): { unit: string; n: number }[] =>
  Object.entries(typed)
    .filter(([, text]) => text.trim() !== '')
    .map(([unit, text]) => ({ unit, n: numberOf(text, scaleOf(counts)) ?? 0 }))

export const draftOf = (one: data.Campaign): Draft => ({
  id: one.id,
  unit: one.unit,
  title: one.title,
  text: one.text,
  counts: one.counts,
  start: one.start,
  deadline: one.deadline,
  typed: typedTargets(one),
  remind: one.remind,
  preset: one.preset as Content,
})

export const givenOf = (one: Draft): data.Given => ({
  unit: one.unit,
  title: one.title,
  text: one.text,
  counts: one.counts,
  start: one.start,
  deadline: one.deadline,
  targets: targetsOf(one.typed, one.counts),
  remind: one.remind,
  preset: one.preset as Record<string, unknown>,
})

/** Drafts that the server does not have as they stand here: typed without a network, or just before the page was closed. */
export const unsent = async (): Promise<Record<string, Draft>> =>
  ((await getMeta('campaignDrafts')) as Record<string, Draft> | undefined) ?? {}

// One after the other: each reads what the one before has written.
let writing: Promise<unknown> = Promise.resolve()
function change(to: (all: Record<string, Draft>) => void): Promise<void> {
  const next = writing.then(async () => {
    const all = await unsent()
    to(all)
    await setMeta('campaignDrafts', all)
  })
  writing = next.catch(() => undefined)
  return next
}

/** As plain data: what a page watches cannot be stored. */
export const keepHere = (one: Draft): Promise<void> =>
  change((all) => (all[one.id] = JSON.parse(JSON.stringify(one)) as Draft))
export const dropHere = (id: string): Promise<void> => change((all) => delete all[id])

export type Saved = { state: 'saved'; problems: data.Problem[] } | { state: 'kept' } | { state: 'refused'; why: string }

/** Sends a draft to the server; it stays here until that has it. */
export async function send(one: Draft): Promise<Saved> {
  try {
    const problems = await data.putDraft(one.id, givenOf(one))
    await change((all) => {
      // What was typed meanwhile is on its way.
      if (JSON.stringify(all[one.id]) === JSON.stringify(one)) delete all[one.id]
    })
    return { state: 'saved', problems }
  } catch (error) {
    const lost = !(error instanceof ApiError) || ['network', 'timeout', 'portal', 'unavailable'].includes(error.code)
    return lost ? { state: 'kept' } : { state: 'refused', why: data.problemText(error) }
  }
}
