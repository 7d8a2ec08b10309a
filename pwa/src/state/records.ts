import { computed, shallowRef, triggerRef } from 'vue'
import { difference, tidyContent } from '@/domain/canonical'
import type { Intent, Reason, Row } from '@/domain/change'
import { holds } from '@/domain/conditions'
import type { Content, RecordType } from '@/domain/content'
import { bestRow, overlay, type Logged, type OverlayContext, type View } from '@/domain/overlay'
import type { ReviewEvent } from '@/domain/review'
import * as outbox from '@/db/outbox'
import * as store from '@/db/rows'
import { getMeta, type Meta } from '@/db/meta'
import { edge, freshId, sha256 } from './edge'
import { accountId } from './session'
import { formOf, workUnits } from './places'
import { countWaiting, type Held } from './waiting'

/**
 * All records of the account in memory, as the screen shows them (P2). Search runs here, over what is
 * opened: nothing that names a person is a key of the database.
 */
const rowsBy = new Map<string, Row[]>()
const logBy = new Map<string, Logged[]>()
const viewsBy = new Map<string, View>()

export const views = shallowRef<ReadonlyMap<string, View>>(viewsBy)
export const loaded = shallowRef(false)
/** Names of accounts that rows mention. */
export const names = shallowRef<Record<string, string>>({})
/** What the server has not confirmed: changes, how many things they are to people, and since when. */
export const unsent = shallowRef<{ changes: number; waiting: number; since: number }>({
  changes: 0,
  waiting: 0,
  since: 0,
})

/**
 * Records of which only edits are here, waiting or put aside, because the unit that they belong to has left the phone
 * (P13): there is nothing of them to show, and they are counted.
 */
export const elsewhere = shallowRef(0)

export const nameOf = (account: string | undefined): string => (account && names.value[account]) || ''

const context: OverlayContext = {
  get account() {
    return accountId.value
  },
  sha256,
  party: (view) =>
    view.author === accountId.value || view.author === '' || workUnits.value.includes(view.unit)
      ? 'author'
      : 'reviewer',
  many: (type, form, field) => formOf(type, form)?.fields.find((one) => one.key === field)?.type === 'many',
  sensitive: (form, content) => {
    const condition = formOf('entry', form)?.sensitive
    return !!condition && holds(condition, content)
  },
  urgent: (form, content) => {
    const urgent = formOf('entry', form)?.urgent
    return !!urgent && holds(urgent.when, content)
  },
}

function compute(entity: string) {
  const view = overlay(bestRow(rowsBy.get(entity) ?? []), logBy.get(entity) ?? [], context)
  if (view) viewsBy.set(entity, view)
  else viewsBy.delete(entity)
}

function count() {
  let changes = 0
  let since = 0
  let away = 0
  const held = new Map<string, Held>()
  for (const [entity, log] of logBy) {
    const open = (one: Logged) => one.acked === undefined || (one.outcome?.outcome === 'parked' && !one.settled)
    if (!viewsBy.has(entity) && log.some(open)) away++
    for (const one of log) {
      if (one.acked !== undefined) continue
      changes++
      held.set(entity, { entity, type: one.change.type, content: viewsBy.get(entity)?.content ?? {} })
      if (!since || one.change.at < since) since = one.change.at
    }
  }
  unsent.value = { changes, waiting: countWaiting([...held.values()]), since }
  elsewhere.value = away
}

function push<T>(map: Map<string, T[]>, key: string, value: T) {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Reads everything; after log-in, at start, and when the catalogue has changed. */
export async function loadRecords(): Promise<void> {
  const [rows, log, known, stands] = await Promise.all([
    store.allRows(),
    outbox.allOutbox(),
    getMeta('names'),
    getMeta('log'),
  ])
  rowsBy.clear()
  logBy.clear()
  viewsBy.clear()
  for (const row of rows) push(rowsBy, row.entity, row)
  for (const one of log.sort((a, b) => a.n - b.n)) push(logBy, one.entity, outbox.logged(one, stands?.settled ?? 0))
  for (const entity of new Set([...rowsBy.keys(), ...logBy.keys()])) compute(entity)
  names.value = known ?? {}
  count()
  loaded.value = true
  triggerRef(views)
}

export function clearRecords(): void {
  rowsBy.clear()
  logBy.clear()
  viewsBy.clear()
  loaded.value = false
  unsent.value = { changes: 0, waiting: 0, since: 0 }
  elsewhere.value = 0
  triggerRef(views)
}

/** Reads some records again after the database changed under them. */
export async function refreshRecords(entities: Iterable<string>): Promise<void> {
  const list = [...new Set(entities)]
  if (list.length > 500) return loadRecords()
  const settled = (await getMeta('log'))?.settled ?? 0
  for (const entity of list) {
    const [rows, log] = await Promise.all([store.rowsOf(entity), outbox.outboxOf(entity)])
    if (rows.length) rowsBy.set(entity, rows)
    else rowsBy.delete(entity)
    if (log.length)
      logBy.set(
        entity,
        log.map((one) => outbox.logged(one, settled)),
      )
    else logBy.delete(entity)
    compute(entity)
  }
  names.value = (await getMeta('names')) ?? {}
  count()
  triggerRef(views)
}

/** Everybody who must hear that something was saved here: the sync, other tabs. */
const listeners = new Set<(entities: string[]) => void>()
export const onSaved = (listener: (entities: string[]) => void): void => void listeners.add(listener)

/** Appends changes to the log; when it returns they are on the phone's disk (P1). */
export async function commit(
  intents: Intent[],
  also: { dropDraft?: string; lastUsed?: Meta['lastUsed'] } = {},
): Promise<void> {
  if (intents.length === 0) return
  const appends = intents.map((intent) => ({ intent, base: baseOf(intent) }))
  await outbox.append(appends, edge, also)
  const entities = intents.map((intent) => intent.entity)
  await refreshRecords(entities)
  for (const listener of listeners) listener(entities)
}

function baseOf(intent: Intent): Content | undefined {
  if (intent.kind !== 'patch' || !intent.trunk) return undefined
  const seen = viewsBy.get(intent.entity)?.serverContent ?? {}
  const base: Content = {}
  for (const key of Object.keys(intent.fields ?? {})) {
    const value = seen[key]
    if (value !== undefined) base[key] = value
  }
  return base
}

/** All that this phone keeps of its own changes of a record, in order. Read it where `views` is read: it changes with them. */
export const logOf = (entity: string): readonly Logged[] => logBy.get(entity) ?? []

export const view = (entity: string | undefined): View | undefined => (entity ? views.value.get(entity) : undefined)

/** The change that makes a new record. */
export function creation(
  type: RecordType,
  unit: string,
  content: Content,
  options: { entity?: string; form?: string; submit?: boolean } = {},
): Intent {
  const sheet = formOf(type, options.form)
  return {
    type,
    entity: options.entity ?? freshId(),
    kind: 'create',
    unit,
    ...(type === 'entry' ? { form: options.form, form_version: sheet?.version } : {}),
    fields: tidyContent(content),
    ...(options.submit ? { event: 'submit' as const } : {}),
  }
}

/** The change that brings a record to `content`; a rejected create is made anew (P7). Nothing if nothing differs. */
export function edit(entity: string, content: Content, options: { submit?: boolean } = {}): Intent | undefined {
  const now = viewsBy.get(entity)
  if (!now) return undefined
  const refusedCreate =
    !now.serverVersion && now.problems.some((one) => one.change.kind === 'create' && one.outcome.outcome === 'rejected')
  if (refusedCreate) {
    return creation(now.type, now.unit, content, {
      entity,
      form: now.form,
      submit: options.submit && now.type === 'entry',
    })
  }
  const fields = difference(now.content, tidyContent(content))
  const submit = options.submit && now.type === 'entry' && ['draft', 'returned', 'withdrawn'].includes(now.state)
  if (Object.keys(fields).length === 0) return submit ? transition(entity, 'submit') : undefined
  return {
    type: now.type,
    entity,
    kind: 'patch',
    ...(now.type === 'entry' ? { form_version: formOf('entry', now.form)?.version ?? now.formVersion } : {}),
    fields,
    trunk: now.serverVersion,
    ...(submit ? { event: 'submit' as const } : {}),
  }
}

/** A step of the review, on the version that is on the screen (R2). */
export function transition(entity: string, event: ReviewEvent, reason?: Reason): Intent {
  const now = viewsBy.get(entity)
  return { type: 'entry', entity, kind: 'transition', event, trunk: now?.version ?? '', ...(reason ? { reason } : {}) }
}

/** A reviewer's decision on open conflicts: `fields` has the chosen values, `resolve` all the fields decided (M7). */
export function resolution(entity: string, resolve: string[], fields: Content): Intent {
  const now = viewsBy.get(entity)
  return {
    type: now?.type ?? 'entry',
    entity,
    kind: 'patch',
    ...(now?.type === 'entry' ? { form_version: formOf('entry', now.form)?.version ?? now.formVersion } : {}),
    fields,
    resolve,
    trunk: now?.version ?? '',
  }
}

const all = (type: RecordType) => computed(() => [...views.value.values()].filter((one) => one.type === type))
export const households = all('household')
export const persons = all('person')
export const entries = computed(() =>
  [...views.value.values()].filter((one) => one.type === 'entry').sort((a, b) => b.createdAt - a.createdAt),
)
