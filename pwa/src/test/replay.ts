import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Answer, Change, Row } from '@/domain/change'
import { canonicalValue } from '@/domain/canonical'
import type { Content } from '@/domain/content'
import { bestRow, overlay, type Logged, type OverlayContext } from '@/domain/overlay'
import { batch } from '@/domain/phone'
import { forkLog, nameLog, nextRequest, type Request } from '@/db/log'
import { getMeta } from '@/db/meta'
import { onAccount, useAccount } from '@/db/open'
import { allOutbox, append, logged } from '@/db/outbox'
import { storeAnswer } from '@/db/rows'
import { allRows } from './rows'
import { freshId, sha256 } from '@/state/edge'

/** What a phone of the core's simulation did and heard (sync/simulation/trace.go), with a hash of its state after each event. */
export interface Trace {
  account: string
  epoch: string
  many: Record<string, string[]>
  events: Event[]
}
interface Event {
  do: 'write' | 'ask' | 'hear' | 'fork' | 'copy' | 'back'
  at?: number
  line?: string
  base?: Content
  head?: { epoch: string; from: number; server_epoch?: string; cursors?: Record<string, number> }
  lines?: number
  body?: string
  answer?: Answer
  forks?: number
  common?: number
  epoch?: string
  state: string
  full?: unknown
}

export const traces = ['clones', 'conflicts', 'decisions', 'forgetting', 'lost', 'restores', 'reviewing'] as const

export const read = (name: string): Trace =>
  JSON.parse(gunzipSync(readFileSync(`../sync/testdata/traces/${name}.json.gz`)).toString()) as Trace

/** JSON with its keys sorted at every depth. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const object = value as Record<string, unknown>
  const keys = Object.keys(object).filter((key) => object[key] !== undefined)
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${sorted(object[key])}`)
    .join(',')}}`
}

const stores = ['outbox', 'rows', 'drafts', 'meta'] as const

/** All that lies in the account's database: what a copy of the phone has. */
const copied = () => onAccount(async (db) => Promise.all(stores.map((store) => db.getAll(store))))

const restore = (all: Awaited<ReturnType<typeof copied>>) =>
  onAccount(async (db) => {
    const tx = db.transaction(stores, 'readwrite')
    for (const [i, store] of stores.entries()) {
      await tx.objectStore(store).clear()
      for (const one of all[i]!) await tx.objectStore(store).put(one as never)
    }
    await tx.done
  })

/** All that the phone knows, in the words of `State` in sync/phone. */
async function state(trace: Trace): Promise<string> {
  const log = (await getMeta('log'))!
  const [outbox, rows] = await Promise.all([allOutbox(), allRows()])
  const { after, tail, pruned } = log
  const context: OverlayContext = {
    account: trace.account,
    sha256,
    party: () => 'author',
    many: (type, form, field) => !!trace.many[type === 'entry' ? (form ?? '') : type]?.includes(field),
    sensitive: () => false,
    urgent: () => false,
  }
  const of = new Map<string, { rows: Row[]; log: Logged[] }>()
  const known = (entity: string) => of.get(entity) ?? of.set(entity, { rows: [], log: [] }).get(entity)!
  for (const row of rows) known(row.entity).rows.push(row)
  for (const one of outbox) known(one.entity).log.push(logged(one, log.settled))
  const shown: string[] = []
  for (const entity of [...of.keys()].sort()) {
    const row = bestRow(known(entity).rows)
    const view = overlay(row, known(entity).log, context)
    // The app shows what was rejected, so that it can be corrected; the core's phone has nobody to correct it.
    const lone =
      !row && view?.problems.some(({ change, outcome }) => change.kind === 'create' && outcome.outcome === 'rejected')
    if (!view || lone) continue
    const conflicts = view.conflicts.map((one) => `${one.field}=${canonicalValue(one.value)},${one.by}`)
    shown.push(
      [entity, view.state, view.version, view.approvedVersion ?? '', ...[...new Set(conflicts)].sort()].join(' '),
    )
  }
  return sorted({
    log:
      `${log.epoch} after (${after ? `${after.epoch} ${after.n} ${after.lost ?? 0}` : ''}) tail ${tail.n} ${tail.hash} ` +
      `pruned ${pruned.n} ${pruned.hash} ${pruned.epoch} through ${log.through} settled ${log.settled} ` +
      `probe ${log.probe} server ${log.serverEpoch}`,
    lines: outbox.map((one) => `${one.n} ${one.epoch} ${one.hash} ${one.acked ?? 0}`),
    cursors: (await getMeta('cursors')) ?? {},
    rows,
    shown,
    durable: (await getMeta('durable')) ?? 0,
    seen: (await getMeta('serverTime')) ?? 0,
    outcomes: outbox.flatMap((one) => one.outcome ?? []),
  })
}

const head = (request: Request) =>
  sorted({
    protocol: 1,
    epoch: request.asked.epoch,
    from: request.asked.from,
    server_epoch: request.serverEpoch || undefined,
    cursors: Object.keys(request.cursors).length ? request.cursors : undefined,
  })

/** What is not the same in two states; traces that are recorded with TRACE_FULL=1 have the whole ones. */
function difference(now: string, full: unknown): string {
  const [is, should] = [JSON.parse(now) as Record<string, unknown>, full as Record<string, unknown>]
  return Object.keys(should)
    .filter((key) => sorted(is[key]) !== sorted(should[key]))
    .map((key) => {
      const [a, b] = [is[key], should[key]]
      if (!Array.isArray(a) || !Array.isArray(b)) return `${key}:\n${sorted(a)}\n${sorted(b)}`
      const [here, there] = [a.map(sorted), b.map(sorted)]
      return `${key}: only here\n${here.filter((x) => !there.includes(x)).join('\n')}\nonly there\n${there.filter((x) => !here.includes(x)).join('\n')}`
    })
    .join('\n')
}

/** Where the app and the core's phone part; nothing where they do not. */
export async function replay(trace: Trace): Promise<string | undefined> {
  useAccount(freshId())
  await nameLog({ freshId: () => trace.epoch })
  let copy: Awaited<ReturnType<typeof copied>> | undefined
  let request: Request | undefined
  for (const [i, event] of trace.events.entries()) {
    const at = `event ${i}, ${event.do}`
    switch (event.do) {
      case 'write': {
        const change = JSON.parse(event.line!) as Change
        const written = await append([{ intent: change, base: event.base }], { now: () => event.at!, freshId, sha256 })
        if (written[0]!.line !== event.line) return `${at}: wrote\n${written[0]!.line}\nand not\n${event.line}`
        break
      }
      case 'ask': {
        request = (await nextRequest())!
        const body = sha256(
          batch(request.lines)
            .map((one) => one.line)
            .join('\n'),
        )
        if (
          head(request) !== sorted(event.head) ||
          request.lines.length !== (event.lines ?? 0) ||
          body !== event.body
        ) {
          return `${at}: asked\n${head(request)} with ${request.lines.length}\nand not\n${sorted(event.head)} with ${event.lines}`
        }
        break
      }
      case 'hear': {
        const stored = await storeAnswer(event.answer!, request!.asked, 0)
        const forks = stored !== 'late' && 'fork' in stored ? stored.fork : undefined
        if (stored === 'late' || forks !== event.forks) return `${at}: ${sorted(stored)} and not ${event.forks}`
        break
      }
      case 'fork':
        await forkLog(event.common ?? 0, { freshId: () => event.epoch!, sha256 })
        break
      case 'copy':
        copy = await copied()
        break
      case 'back':
        await restore(copy!)
    }
    const now = await state(trace)
    if (sha256(now).slice(0, 16) !== event.state) {
      return `${at}: the phone comes to another state\n${event.full ? difference(now, event.full) : now}`
    }
  }
}
