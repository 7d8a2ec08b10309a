import { computed, ref, shallowRef, watch } from 'vue'
import {
  addedBy,
  gapOf,
  progressOf,
  targetOf,
  visitedIn,
  type Added,
  type Campaign,
  type Counted,
  type Gauge,
  type Progress,
} from '@/domain/campaign'
import { daysFrom, timeBy, villageDay, type Clocks } from '@/domain/days'
import { expressionsReady } from '@/domain/expressions'
import type { View } from '@/domain/overlay'
import { getMeta, setMeta } from '@/db/meta'
import { whenIdle } from '@/kit/idle'
import { addsTo, asCounted, asked, counted, countingsOf, type Counting } from './counting'
import { now } from './edge'
import { divisions, unitsOf, within } from './places'
import { entries, households } from './records'
import { accountId } from './session'

/** What the server said of a unit, and what this phone counted by itself in that moment of what the server had. */
export interface Told {
  /** By the server's clock. */
  asOf: number
  /** Neither number is told to this account; where one alone is not, it is not there. */
  withheld: boolean
  approved?: number
  submitted?: number
  here: Progress
}

/** What the phone keeps of campaigns. */
export interface Kept {
  /** The exchange's word, the hash of the seats and the ETag by which they were fetched. */
  word: string
  seats: string
  tag: string
  list: readonly Campaign[]
  clocks?: Clocks
  /** By campaign and unit. */
  told: Readonly<Record<string, Told>>
}

/** How far one of her units has come in a campaign. */
export interface Line extends Progress {
  key: string
  campaign: Campaign
  unit: string
  /** 0 where it has none of its own: then there is no gap either. */
  target: number
  gap: number
  /** Days to the last one that counts, 0 on that day, negative afterwards. */
  left: number
  /** Days until it begins, 0 or less where it has begun. */
  begins: number
  gauge?: Gauge
  /** This phone holds all that counts for it. */
  exact: boolean
  /** Of when the server's part of the numbers is, where the phone cannot count it alone. */
  asOf?: number
  withheld: boolean
  /** There are no numbers: what it counts is not in the catalogue here, or nobody has told them yet. */
  unknown: boolean
}

const kept = shallowRef<Kept & { owner: string }>()
/** Feeds of which all is here. */
const whole = shallowRef<ReadonlySet<string>>(new Set())

/** The day in the villages, by what the server's clock said last. */
export const today = ref(villageDay(now()))
export function lookAtClock(): void {
  today.value = villageDay(timeBy(kept.value?.clocks, now()))
}
/** An instant of the server's by which to say how long ago something was. */
export const serverNow = (): number => timeBy(kept.value?.clocks, now())

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('niangjia-campaigns')
channel?.addEventListener('message', (event: MessageEvent<string>) => {
  if (event.data === accountId.value) void loadCampaigns().catch(() => undefined)
})

export const keptCampaigns = async (): Promise<Kept | undefined> => (await getMeta('campaigns')) as Kept | undefined

/** Keeps what has been fetched, and shows it, in every tab. */
export async function keepCampaigns(next: Kept): Promise<void> {
  await setMeta('campaigns', next)
  await loadCampaigns()
  channel?.postMessage(accountId.value)
}

/** Reads what the phone keeps. Where it has campaigns it returns once they are counted. */
export async function loadCampaigns(): Promise<void> {
  const owner = accountId.value
  if (!owner) return
  const [read, cursors, feeds, loads] = await Promise.all([
    keptCampaigns(),
    getMeta('cursors'),
    getMeta('feeds'),
    getMeta('loads'),
  ])
  if (read?.list.length) await expressionsReady()
  if (owner !== accountId.value) return
  const here = Object.keys(cursors ?? {}).filter((feed) => feeds?.[feed]?.base === undefined && !loads?.[feed])
  const { list = [], ...rest } = read ?? {}
  const put = await asked(countingsOf(list))
  if (owner !== accountId.value) return
  // What is the same as before makes nothing anew: this is read after every exchange.
  const says = JSON.stringify([owner, rest, here])
  if (says !== said) {
    said = says
    whole.value = new Set(here)
    kept.value = read && { ...read, owner }
  }
  put()
  lookAtClock()
}
let said = ''

const countings = computed<Counting[]>(() =>
  kept.value?.owner === accountId.value ? countingsOf(kept.value.list) : [],
)

/** What was just saved stands on the screen before a year's visits are gone through. */
let due = false
watch(entries, () => {
  if (due || !kept.value?.list.length) return
  due = true
  whenIdle(() => {
    due = false
    void countEntries()
  })
})

/** Counts the entries as they are now. */
export async function countEntries(): Promise<void> {
  const put = await asked(countings.value)
  put()
  if (counted.value !== entries.value && !due) await countEntries()
}

const children = computed(() => {
  const out = new Map<string, string[]>()
  for (const { code, parent } of divisions.value.values()) out.set(parent, [...(out.get(parent) ?? []), code])
  return out
})
const childrenOf = (unit: string): readonly string[] => children.value.get(unit) ?? []

const inside = (unit: string) => {
  const known = new Map<string, boolean>()
  return (code: string) => {
    let is = known.get(code)
    if (is === undefined) known.set(code, (is = within(code, unit)))
    return is
  }
}

/** What this phone counts of a unit, and all below that it holds. */
function here(counting: Counting, unit: string): Progress {
  const { gauge } = counting.work
  if (!gauge) return { approved: 0, submitted: 0, unsent: 0 }
  const isIn = inside(unit)
  const list: [{ unsent: boolean }, Added][] = []
  for (const [one, added] of addsTo(counting))
    if (isIn(one.unit)) list.push([{ unsent: one.waiting.length > 0 }, added])
  return progressOf(gauge, list, today.value)
}

/** Whether this phone has the rows of a unit and of all units in it. */
function holdsRows(unit: string): boolean {
  const units = [unit]
  for (let i = 0; i < units.length; i++) {
    if (!whole.value.has(`unit:${units[i]!}`)) return false
    units.push(...childrenOf(units[i]!))
  }
  return true
}

/**
 * Whether those are all that counts: none of them is a colleague's entry of which this account is told no more than that
 * it exists, and which may be of a form that counts.
 */
function readsAll(gauge: Gauge, unit: string): boolean {
  if (!gauge.alone) return false
  if (!gauge.sources.some(({ form }) => form.sensitive)) return true
  const isIn = inside(unit)
  return !stubs.value.some((one) => isIn(one.unit))
}
const stubs = computed(() =>
  counted.value.filter((one) => one.stub && ['submitted', 'approved', 'amended'].includes(one.state)),
)

function lineOf(counting: Counting, unit: string): Line {
  const { campaign, work } = counting
  const { gauge } = work
  const key = `${campaign.id} ${unit}`
  const target = targetOf(campaign, unit, childrenOf)
  const held = holdsRows(unit)
  const exact = !!gauge && held && readsAll(gauge, unit)
  const told = exact ? undefined : kept.value?.told[key]
  const own = here(counting, unit)
  // What has happened since by the rows of this phone goes on top of what the server said. What it does not say, because
  // it would tell of entries that are not hers to read, is what she can read.
  const since = (was: number | undefined, then: number, by: number) =>
    was === undefined ? by : Math.max(0, was + by - then)
  const numbers: Progress = {
    approved: since(told?.approved, told?.here.approved ?? 0, own.approved),
    submitted: since(told?.submitted, told?.here.submitted ?? 0, own.submitted),
    unsent: own.unsent,
  }
  return {
    key,
    campaign,
    unit,
    target,
    ...numbers,
    gap: target ? gapOf(target, numbers) : 0,
    left: daysFrom(today.value, campaign.deadline),
    begins: daysFrom(today.value, campaign.start),
    gauge,
    exact,
    asOf: told?.approved === undefined ? undefined : told.asOf,
    withheld: !held && !!told?.withheld,
    unknown: !gauge || (!held && !told),
  }
}

/** Of each campaign those of her units that are asked for something; where only a larger one is, what hers has done for it. */
const mine = computed<{ counting: Counting; unit: string }[]>(() => {
  const units = unitsOf('volunteer', 'reviewer', 'manager')
  return countings.value.flatMap((counting) => {
    const { campaign } = counting
    const asked = units.filter((unit) => within(unit, campaign.unit))
    const own = asked.filter((unit) => targetOf(campaign, unit, childrenOf) > 0)
    return (own.length ? own : asked.slice(0, 1)).map((unit) => ({ counting, unit }))
  })
})

/** So long an overdue one is more urgent than what can still be done in time. */
const fresh = 7

const done = (one: Line) => one.target === 0 || (one.gap === 0 && !one.unknown && !one.withheld)

/** The lower the sooner it must be seen. */
function rank(one: Line): number {
  if (one.campaign.state === 'closed') return 5
  if (one.begins > 0) return 3
  if (done(one)) return one.left < 0 ? 4 : 2
  return one.left < -fresh ? 1 : 0
}

/** The most urgent first. */
export const lines = computed<Line[]>(() =>
  mine.value
    .map(({ counting, unit }) => lineOf(counting, unit))
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (rank(a) === 4 || rank(a) === 5 ? b.left - a.left : a.left - b.left) ||
        (a.key < b.key ? -1 : 1),
    ),
)

/** So long after its deadline somebody who has a gap is told of it on the home page. */
const nags = 30

/** Those that are worth a line on the home page. */
export const pressing = computed<Line[]>(() =>
  lines.value.filter(
    (one) =>
      one.campaign.state === 'running' &&
      one.begins <= 0 &&
      one.target > 0 &&
      (done(one) ? one.left >= 0 : one.left >= -nags),
  ),
)

/** Households of a unit that nobody has been to for a campaign, as far as the entries say that this phone may read. */
export function missingOf(campaign: string, unit: string): View[] {
  const counting = countings.value.find((one) => one.campaign.id === campaign)
  if (!counting?.work.gauge?.households) return []
  const isIn = inside(unit)
  const been = visitedIn([...addsTo(counting)].filter(([one]) => isIn(one.unit)).map(([, added]) => added))
  return households.value.filter((one) => one.unit === unit && !one.stub && !been.has(one.entity))
}

/** Her own entries that would count for a campaign, and were returned or not accepted. */
export function uncounted(campaign: string): number {
  const counting = countings.value.find((one) => one.campaign.id === campaign)
  const { gauge } = counting?.work ?? {}
  if (!gauge) return 0
  return counted.value.filter((one) => {
    if (one.author !== accountId.value || (one.state !== 'returned' && one.sent !== 'rejected')) return false
    const again: Counted = { ...asCounted(one), case: one.entity, state: 'submitted' }
    return addedBy(gauge, again, divisions.value.get(one.unit)?.level).then.length > 0
  }).length
}

/** Running lines that the server has to be asked about, with what this phone counts by itself. */
export function toAsk(): { id: string; unit: string; key: string; here: Progress; told?: Told }[] {
  return mine.value
    .filter(({ counting, unit }) => {
      const { campaign, work } = counting
      const { gauge } = work
      return campaign.state === 'running' && !(gauge && holdsRows(unit) && readsAll(gauge, unit))
    })
    .map(({ counting, unit }) => {
      const key = `${counting.campaign.id} ${unit}`
      return { id: counting.campaign.id, unit, key, here: here(counting, unit), told: kept.value?.told[key] }
    })
}
