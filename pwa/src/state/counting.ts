import { shallowRef } from 'vue'
import { addedBy, gaugeOf, type Added, type Campaign, type Counted, type Gauge } from '@/domain/campaign'
import type { Catalogue } from '@/domain/catalogue'
import type { View } from '@/domain/overlay'
import { soon } from '@/kit/idle'
import { catalogue, divisions } from './places'
import { entries, view } from './records'

/** What the phone's entries add to campaigns, kept up with the entries as they come, change and go. */

/** What counts for a campaign, and what entries add to it: each is asked once, until it changes. */
interface Work {
  by: Catalogue
  gauge?: Gauge
  /** The entries that were asked, and those of them that add something. */
  asked: readonly View[]
  adds: Map<View, Added>
  /** What each entry has said: whoever asks meanwhile, or again, need not go through its conditions. */
  said: WeakMap<View, Added | typeof nothing>
}
const nothing = Symbol()
export interface Counting {
  campaign: Campaign
  work: Work
}
const works = new Map<string, Work>()

export function countingsOf(list: readonly Campaign[]): Counting[] {
  const by = catalogue.value
  if (!by) return []
  return list.map((campaign) => {
    const name = `${campaign.id} ${campaign.version}`
    let work = works.get(name)
    if (work?.by !== by)
      works.set(name, (work = { by, gauge: gaugeOf(campaign, by), asked: [], adds: new Map(), said: new WeakMap() }))
    return { campaign, work }
  })
}

/** The entries that are counted: those of the phone, a moment after they have changed. */
export const counted = shallowRef<readonly View[]>([])

/** What the server has refused or put aside counts when it does: nobody knows before. */
const counts = (one: View) => !one.stub && !(one.problems.length && !one.serverVersion)

function caseOf(one: View): string {
  let at = one
  for (let i = 0; i < 100; i++) {
    const parent = at.case ? undefined : view(typeof at.content.follows === 'string' ? at.content.follows : '')
    if (!parent || parent.stub) break
    at = parent
  }
  return at.case || at.entity
}

export function asCounted(one: View): Counted {
  return {
    unit: one.unit,
    form: one.form,
    state: one.state,
    content: one.content,
    approved: one.approved,
    get case() {
      return caseOf(one)
    },
    unsent: one.waiting.length > 0,
  }
}

/** Which case an entry belongs to another entry may say: then all are asked each time. */
const byCase = (gauge: Gauge) => gauge.sources.some(({ from }) => from.key === 'case')

/** What has come and gone between two lists; the same answer serves all campaigns. */
let difference: { from: readonly View[]; to: readonly View[]; come: View[]; gone: Set<View> } | undefined
function between(from: readonly View[], to: readonly View[]) {
  if (difference?.from !== from || difference.to !== to) {
    const gone = new Set(from)
    const come = to.filter((one) => !gone.delete(one))
    difference = { from, to, come, gone }
  }
  return difference
}

function ask(gauge: Gauge, one: View): Added | undefined {
  if (!counts(one)) return undefined
  const added = addedBy(gauge, asCounted(one), divisions.value.get(one.unit)?.level)
  return added.now.length || added.then.length ? added : undefined
}

function askOnce(work: Work, gauge: Gauge, one: View): Added | undefined {
  const said = work.said.get(one)
  if (said) return said === nothing ? undefined : said
  const added = ask(gauge, one)
  work.said.set(one, added ?? nothing)
  return added
}

/** Makes what entries add that of a list. */
function move(work: Work, to: readonly View[]) {
  const { gauge, asked } = work
  if (!gauge || asked === to) return
  const anew = byCase(gauge)
  const { come, gone } = anew ? { come: to, gone: asked } : between(asked, to)
  for (const one of gone) work.adds.delete(one)
  for (const one of come) {
    const added = anew ? ask(gauge, one) : askOnce(work, gauge, one)
    if (added) work.adds.set(one, added)
  }
  work.asked = to
}

/** So long entries are asked in one turn, milliseconds: a year's visits of a village are many for a slow phone. */
const turn = 12

let begun = 0
let put = 0

/**
 * Asks the entries that have come, in turns; what it gives puts all of it in place, and counts them from then on, unless a
 * later one has done so already.
 */
export async function asked(list: readonly Counting[]): Promise<() => void> {
  const to = entries.value
  const mine = ++begun
  const ready: Work[] = []
  let since = performance.now()
  for (const { work } of list) {
    const { gauge } = work
    if (!gauge || byCase(gauge) || work.asked === to) continue
    for (const one of between(work.asked, to).come) {
      askOnce(work, gauge, one)
      if (performance.now() - since < turn) continue
      await new Promise<void>((done) => soon(done))
      since = performance.now()
    }
    ready.push(work)
  }
  return () => {
    if (mine < put) return
    put = mine
    for (const one of ready) move(one, to)
    counted.value = to
  }
}

/** What the entries that are counted add to a campaign. */
export function addsTo({ work }: Counting): ReadonlyMap<View, Added> {
  move(work, counted.value)
  return work.adds
}
