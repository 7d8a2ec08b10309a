import { shallowRef, triggerRef } from 'vue'
import { fieldOf } from '@/domain/catalogue'
import type { Row } from '@/domain/change'
import { expressionsHere, expressionsReady, holds } from '@/domain/expressions'
import type { RecordType } from '@/domain/content'
import { attached, mostOf } from '@/domain/field'
import { bestRow, overlay, type Logged, type OverlayContext, type View } from '@/domain/overlay'
import { getMeta } from '@/db/meta'
import * as outbox from '@/db/outbox'
import * as store from '@/db/reads'
import type { OutboxRow } from '@/db/schema'
import { soon, standing } from '@/kit/idle'
import { sha256 } from './edge'
import { byAge, withChanged } from './lists'
import { formOf, workUnits } from './places'
import { accountId } from './session'
import { countWaiting, type Held } from './waiting'

/**
 * All records of the account in memory, as the screen shows them (P2). Search runs here, over what is
 * opened: nothing that names a person is a key of the database.
 */
interface Records {
  rows: Map<string, Row[]>
  log: Map<string, Logged[]>
  views: Map<string, View>
  marked: Map<string, View>
}
const none = (): Records => ({ rows: new Map(), log: new Map(), views: new Map(), marked: new Map() })
let shown = none()
/** What is being read from the database, until it is all there; the same as `shown` at the app's start. */
let reading: Records | undefined
/** What was written to the log since a reading began whose log is not there yet. */
let beside: OutboxRow[] | undefined
/** Records that changed in the database while it was being read: what was read of them before does not count. */
const renewed = new Set<string>()
/** A later reading ends the ones before it. */
let turn = 0
let whole: Promise<void> = Promise.resolve()

export const views = shallowRef<ReadonlyMap<string, View>>(shown.views)
/** The newest first. */
export const entries = shallowRef<readonly View[]>([])
export const households = shallowRef<readonly View[]>([])
export const persons = shallowRef<readonly View[]>([])
/** Entries that ask for somebody: returned, not accepted, or read by a higher level. The newest first; they are few. */
export const marked = shallowRef<readonly View[]>([])
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
 * (P13): there is nothing of them to show, and they are counted, once all that is here has been read.
 */
export const elsewhere = shallowRef(0)

/** All that this phone keeps of its own changes of a record, in order. Read it where `views` is read: it changes with them. */
export const logOf = (entity: string): readonly Logged[] => shown.log.get(entity) ?? []
/** As it is now, for the maker of a change: not reactive. */
export const heldView = (entity: string): View | undefined => shown.views.get(entity)

const context: OverlayContext = {
  get account() {
    return accountId.value
  },
  sha256,
  party: (view) =>
    view.author === accountId.value || view.author === '' || workUnits.value.includes(view.unit)
      ? 'author'
      : 'reviewer',
  many: (type, form, field) => fieldOf(formOf(type, form), field)?.type === 'many',
  most: (type, form, field) => {
    const one = fieldOf(formOf(type, form), field)
    return one && attached(one) ? mostOf(one) : 0
  },
  sensitive: (form, content) => {
    const sheet = formOf('entry', form)
    return !!sheet?.sensitive && (!asked() || holds(sheet, sheet.sensitive, content))
  },
  urgent: (form, content) => {
    const sheet = formOf('entry', form)
    return !!sheet?.urgent && asked() && holds(sheet, sheet.urgent.when, content)
  },
}

/**
 * Whether the forms' conditions can be asked. Until then what this phone wrote is shown as what must not be read over
 * a shoulder, and once they can it is shown anew.
 */
function asked(): boolean {
  if (!expressionsHere() && !asking) {
    asking = true
    void expressionsReady()
      .then(() => {
        const all = new Set<string>()
        for (const records of new Set([shown, reading ?? shown])) {
          for (const entity of records.log.keys()) {
            compute(records, entity)
            all.add(entity)
          }
        }
        show(all)
      })
      .catch(() => undefined)
      .finally(() => (asking = false))
  }
  return expressionsHere()
}
let asking = false

/**
 * What of this phone's changes lies over a row is asked the form's conditions; what has come back in its row is not. A
 * phone keeps its log for a month after that, and would else unpack them each time before its first page.
 */
const liesOver = ({ acked, ahead, settled, outcome }: Logged): boolean =>
  acked === undefined || !!ahead || (!settled && ['parked', 'rejected'].includes(outcome?.outcome ?? ''))

async function conditionsFor(logs: Iterable<readonly Logged[]>): Promise<void> {
  for (const log of logs) if (log.some(liesOver)) return expressionsReady().catch(() => undefined)
}

function compute(records: Records, entity: string) {
  const view = overlay(bestRow(records.rows.get(entity) ?? []), records.log.get(entity) ?? [], context)
  if (view) records.views.set(entity, view)
  else records.views.delete(entity)
  if (view && asks(view)) records.marked.set(entity, view)
  else records.marked.delete(entity)
}

const asks = (one: View) =>
  one.type === 'entry' && (one.state === 'returned' || one.sent === 'rejected' || one.disclosures.length > 0)

function count() {
  let changes = 0
  let since = 0
  let away = 0
  const held = new Map<string, Held>()
  for (const [entity, log] of shown.log) {
    const open = (one: Logged) => one.acked === undefined || (one.outcome?.outcome === 'parked' && !one.settled)
    if (!shown.views.has(entity) && log.some(open)) away++
    for (const one of log) {
      if (one.acked !== undefined) continue
      changes++
      held.set(entity, { entity, type: one.change.type, content: shown.views.get(entity)?.content ?? {} })
      if (!since || one.change.at < since) since = one.change.at
    }
  }
  unsent.value = { changes, waiting: countWaiting([...held.values()]), since }
  elsewhere.value = loaded.value ? away : 0
}

function push<T>(map: Map<string, T[]>, key: string, value: T) {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Brings onto the screen what is in memory; `changed` says which records, all of them if it is not given. */
function show(changed?: ReadonlySet<string>) {
  const lists = { entry: entries, household: households, person: persons }
  if (changed) {
    for (const [type, list] of Object.entries(lists)) {
      list.value = withChanged(list.value, changed, shown.views, type as RecordType)
    }
  } else {
    const all: Record<RecordType, View[]> = { entry: [], household: [], person: [] }
    for (const one of shown.views.values()) all[one.type].push(one)
    all.entry.sort(byAge)
    for (const [type, list] of Object.entries(lists)) list.value = all[type as RecordType]
  }
  const now = [...shown.marked.values()].sort(byAge)
  if (now.length !== marked.value.length || now.some((one, i) => one !== marked.value[i])) marked.value = now
  count()
  if (views.value === shown.views) triggerRef(views)
  else views.value = shown.views
}

/** So many rows are read at once: a slow phone draws and hears fingers between two parts. */
const part = 400
/** So many households and persons are shown at once while reading goes on. */
const some = 1000

/**
 * Reads everything: after log-in, at start, and when the catalogue has changed. It returns when the screen may be
 * drawn: at the app's start after the first part of the rows, else when all of it is there.
 */
export async function loadRecords(): Promise<void> {
  const mine = ++turn
  const since: OutboxRow[] = (beside = [])
  const [log, known, stands] = await Promise.all([outbox.allOutbox(), getMeta('names'), getMeta('log')])
  if (mine !== turn) return
  renewed.clear()
  const read = (reading = none())
  for (const one of log.sort((a, b) => a.n - b.n)) push(read.log, one.entity, outbox.logged(one, stands?.settled ?? 0))
  for (const one of since) add(read, one)
  if (beside === since) beside = undefined
  names.value = known ?? {}
  await conditionsFor(read.log.values())
  // What the screen counts as not sent is right from the beginning.
  const waiting = [...new Set(log.filter((one) => one.acked === undefined).map((one) => one.entity))]
  for (const [entity, rows] of await store.rowsOf(waiting)) read.rows.set(entity, rows)
  if (mine !== turn) return

  let drawable: () => void
  const first = new Promise<void>((resolve) => (drawable = resolve))
  const seen = new Set(waiting)
  const registers = new Set<string>()
  whole = store
    .inParts(part, (rows, more) => {
      if (mine !== turn) return false
      const touched = new Set<string>()
      for (const row of rows) {
        if (seen.has(row.entity) || renewed.has(row.entity)) continue
        push(read.rows, row.entity, row)
        touched.add(row.entity)
      }
      for (const entity of touched) compute(read, entity)
      for (const row of rows) if (row.type && row.type !== 'entry') registers.add(row.entity)
      if (!loaded.value && shown !== read) {
        shown = read
        for (const entity of read.log.keys()) compute(read, entity)
        // All of a small phone's rows are here: they are drawn with the page, and not after it.
        if (more) {
          show(new Set())
          drawable()
          // What is drawn with them comes before the rest.
          return standing().then(() => true)
        }
      }
      // Whoever looks for a household finds it once it has been read, and not once all entries have been.
      if (shown === read && registers.size > some) {
        show(registers)
        registers.clear()
      }
      return true
    })
    .then(() => {
      if (mine !== turn) return
      for (const entity of read.log.keys()) if (!read.rows.has(entity)) compute(read, entity)
      shown = read
      reading = undefined
      loaded.value = true
      show()
    })
  // Who waits for it hears of a failure; nobody need be waiting.
  whole.catch(() => undefined)
  return loaded.value ? whole : Promise.race([first, whole])
}

/** Until every record is in memory: whoever opens one by its address, or a list of them, waits for it. */
export async function recordsReady(): Promise<void> {
  for (let waited: unknown; waited !== whole;) await (waited = whole)
}

export function clearRecords(): void {
  turn++
  whole = Promise.resolve()
  reading = undefined
  shown = none()
  loaded.value = false
  show()
}

/**
 * Reads some records again after the database changed under them, in slices: of a thousand that an exchange touches
 * nothing else need be read, and the page answers in between.
 */
export async function refreshRecords(entities: Iterable<string>): Promise<void> {
  const list = [...new Set(entities)]
  const [owner, mine] = [accountId.value, turn]
  for (let at = 0; at < list.length; at += part) {
    const slice = list.slice(at, at + part)
    const [rows, log, known, stands] = await Promise.all([
      store.rowsOf(slice),
      outbox.outboxOf(slice),
      getMeta('names'),
      getMeta('log'),
    ])
    // Another account came in while this one's records were being read; or all is being read anew, these with it.
    if (owner !== accountId.value || mine !== turn) return
    const lines = (entity: string) => (log.get(entity) ?? []).map((one) => outbox.logged(one, stands?.settled ?? 0))
    for (const records of new Set([shown, reading ?? shown])) {
      for (const entity of slice) place(records, entity, rows.get(entity) ?? [], lines(entity))
    }
    if (reading) for (const entity of slice) renewed.add(entity)
    names.value = known ?? {}
  }
  show(new Set(list))
}

/**
 * Shows what was just written to the log, from what was written: reading it back would keep the screen waiting. It is
 * called in the turn in which the write ended, so that nothing else can have been read since.
 */
export function appended(lines: readonly OutboxRow[]): void {
  beside?.push(...lines)
  for (const records of new Set([shown, reading ?? shown])) {
    for (const one of lines) add(records, one)
    for (const one of lines) compute(records, one.entity)
  }
  show(new Set(lines.map((one) => one.entity)))
}

/**
 * Shows rows that were just stored, from what was stored: a large feed comes in thousands, and each of them read back
 * would cost a slow phone more than all the rest. They go in slices, with the page answering in between.
 */
export async function showRows(rows: readonly Row[]): Promise<void> {
  const [owner, mine] = [accountId.value, turn]
  for (let at = 0; at < rows.length; at += part) {
    const slice = rows.slice(at, at + part)
    for (const records of new Set([shown, reading ?? shown])) {
      for (const row of slice) {
        const others = records.rows.get(row.entity)?.filter((one) => one.feed !== row.feed) ?? []
        records.rows.set(row.entity, [...others, row])
        compute(records, row.entity)
      }
    }
    if (reading) for (const row of slice) renewed.add(row.entity)
    await new Promise<void>((done) => soon(done))
    // Somebody else is in, or all is being read anew: these rows with it.
    if (owner !== accountId.value || mine !== turn) return
  }
  show(new Set(rows.map((row) => row.entity)))
}

function add(records: Records, line: OutboxRow) {
  if (records.log.get(line.entity)?.some((one) => one.change.n === line.n)) return
  push(records.log, line.entity, outbox.logged(line, line.n - 1))
}

function place(records: Records, entity: string, rows: Row[], log: Logged[]) {
  if (rows.length) records.rows.set(entity, rows)
  else records.rows.delete(entity)
  if (log.length) records.log.set(entity, log)
  else records.log.delete(entity)
  compute(records, entity)
}
