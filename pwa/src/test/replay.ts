import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Answer, Change, Row } from '@/domain/change'
import { canonicalValue } from '@/domain/canonical'
import type { Content } from '@/domain/content'
import { bestRow, overlay, type Logged, type OverlayContext } from '@/domain/overlay'
import { batch } from '@/domain/phone'
import type { Digest } from '@/domain/digest'
import type { Finding, Question } from '@/domain/mend'
import { ApiError } from '@/api/client'
import type { StoredRow } from '@/db/feeds'
import { forkLog, nameLog, nextRequest, type Request } from '@/db/log'
import { getMeta, setMeta } from '@/db/meta'
import { onAccount, useAccount } from '@/db/open'
import { allOutbox, append, logged } from '@/db/outbox'
import { storeAnswer } from '@/db/rows'
import { allRows } from './rows'
import { freshId, sha256 } from '@/state/edge'
import { account } from '@/state/session'
import { loadFiles, noteFiles } from '@/sync/load'
import { prove } from '@/sync/mend'

/** What a phone of the core's simulation did and heard (sync/simulation/trace.go), with a hash of its state after each event. */
export interface Trace {
  account: string
  epoch: string
  many: Record<string, string[]>
  /** It compares digests, as the app does. */
  proves?: boolean
  /** Feeds may come from files. */
  files?: boolean
  events: Event[]
}
interface Event {
  do: 'write' | 'ask' | 'hear' | 'fork' | 'copy' | 'back' | 'damage' | 'count' | 'mend' | 'load'
  at?: number
  line?: string
  base?: Content
  head?: object
  lines?: number
  body?: string
  answer?: Answer
  forks?: number
  common?: number
  epoch?: string
  feed?: string
  entity?: string
  row?: Row
  asked?: { question: Question; finding: Finding }[]
  /** In base64. */
  file?: string
  differs?: boolean
  digests?: Record<string, Digest>
  state: string
  full?: unknown
}

export const traces = [
  ...['clones', 'conflicts', 'decisions', 'forgetting', 'lost', 'restores', 'reviewing'],
  ...['resolve-reviewer', 'resolve-author', 'resolve-colleague', 'parted-one', 'parted-other'],
  ...['repair', 'reset', 'file'],
] as const

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
    // In which round of its feed a row came is the app's own note.
    rows: rows.map((row: StoredRow) => ({ ...row, round: undefined })),
    shown,
    durable: (await getMeta('durable')) ?? 0,
    seen: (await getMeta('serverTime')) ?? 0,
    outcomes: outbox.flatMap((one) => one.outcome ?? []),
  })
}

/** What the app's own code asks for and is told, by the trace instead of a server. */
async function served<T>(gives: (request: globalThis.Request) => Promise<Response>, run: () => Promise<T>): Promise<T> {
  const before = globalThis.fetch
  globalThis.fetch = (request) => gives(request as globalThis.Request)
  try {
    return await run()
  } finally {
    globalThis.fetch = before
  }
}

/** Lets the app mend what differs; each of its questions is the one that the core's phone asked. */
async function mend(asked: Required<Event>['asked'], differs: readonly string[]): Promise<string | undefined> {
  const left = [...asked]
  const wrong: string[] = []
  const gives = async (request: globalThis.Request) => {
    const question = sorted(await request.json())
    const at = left.findIndex((one) => sorted(one.question) === question)
    if (at < 0) {
      wrong.push(question)
      return new Response('{"code":"bad_request"}', { status: 400 })
    }
    return Response.json(left.splice(at, 1)[0]!.finding)
  }
  await served(gives, () => prove({ compare: true, mended: false }, differs, async () => undefined))
  if (wrong.length + left.length > 0) return `asks ${wrong.join(' ')} and not ${left.map(sorted).join(' ')}`
}

/** Lets the app load a file; the line breaks off after the bytes that came. */
async function load(account: string, event: Event): Promise<string | undefined> {
  const bytes = Buffer.from(event.file!, 'base64')
  const [pending] = Object.values((await getMeta('loads')) ?? {})
  if (!pending) return 'no file is awaited'
  const gives = async (request: globalThis.Request) =>
    request.headers.get('Range') === `bytes=${pending.at}-`
      ? new Response(bytes, { status: 206 })
      : new Response('{"code":"bad_request"}', { status: 400 })
  await served(gives, async () => {
    try {
      await loadFiles(account, async () => undefined)
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'network') throw error
    }
  })
}

/** What storage that fails makes of a row: another one, or none. */
const damage = (feed: string, entity: string, row: Row | undefined) =>
  onAccount(async (db) => {
    const old = await db.get('rows', [feed, entity])
    if (!row) await db.delete('rows', [feed, entity])
    else await db.put('rows', old?.round ? { ...row, round: old.round } : row)
  })

/** Where what is known of the feeds is another thing than the core's phone knew. */
async function proof({ digests, differs }: Event): Promise<string | undefined> {
  const feeds = (await getMeta('feeds')) ?? {}
  const here = Object.fromEntries(Object.keys((await getMeta('cursors')) ?? {}).map((id) => [id, feeds[id]?.digest]))
  if (sorted(here) !== sorted(digests ?? {})) return `digests are ${sorted(here)} and not ${sorted(digests)}`
  const differ = Object.values(feeds).some((feed) => feed.differs)
  if (differ !== !!differs) return `differs: ${differ} and not ${!!differs}`
}

const head = (request: Request, { proves, files }: Trace, digests: boolean) =>
  sorted({
    ...(proves ? { bases: request.bases, digests: digests || undefined, snapshots: files } : {}),
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
  let compare = false
  let differs: readonly string[] = []
  account.value = { id: trace.account, login: '', name: '', seats: [], access: 'x', refresh: '', accessUntil: Infinity }
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
        const asked = head(request, trace, compare)
        const body = sha256(
          batch(request.lines)
            .map((one) => one.line)
            .join('\n'),
        )
        if (asked !== sorted(event.head) || request.lines.length !== (event.lines ?? 0) || body !== event.body) {
          return `${at}: asked\n${asked} with ${request.lines.length}\nand not\n${sorted(event.head)} with ${event.lines}`
        }
        break
      }
      case 'hear': {
        const stored = await storeAnswer(event.answer!, request!.asked, 0, trace.files ? noteFiles : undefined)
        const forks = stored !== 'late' && 'fork' in stored ? stored.fork : undefined
        if (stored === 'late' || forks !== event.forks) return `${at}: ${sorted(stored)} and not ${event.forks}`
        if (!('fork' in stored)) differs = stored.differs
        if (!event.answer!.pull.more) compare = false
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
        break
      case 'damage':
        await damage(event.feed!, event.entity!, event.row)
        break
      case 'count': {
        await setMeta('counted', 0) // a day has gone by
        const next = { compare: false, mended: false }
        if (!(await prove(next, [], async () => undefined))) return `${at}: nothing was counted`
        compare = next.compare
        break
      }
      case 'mend': {
        const other = await mend(event.asked!, differs)
        if (other) return `${at}: ${other}`
        break
      }
      case 'load': {
        const other = await load(trace.account, event)
        if (other) return `${at}: ${other}`
      }
    }
    const other = trace.proves && (await proof(event))
    if (other) return `${at}: ${other}`
    const now = await state(trace)
    if (sha256(now).slice(0, 16) !== event.state) {
      return `${at}: the phone comes to another state\n${event.full ? difference(now, event.full) : now}`
    }
  }
}
