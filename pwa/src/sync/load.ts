import { ApiError, problemOf } from '@/api/client'
import type { Row } from '@/domain/change'
import { rowsOf, wanted, withIndex, type Load } from '@/domain/snapshot'
import { giveUp, storeIndex, storePart } from '@/db/loads'
import { getMeta } from '@/db/meta'
import { account, authorised } from '@/state/session'
import { loading } from './status'
import type { Round } from './exchange'

export { noteFiles } from '@/db/loads'

/** So long may a line be silent before it is taken for dead. */
const silent = 30_000

/** The bytes of a file from where the load stands, gathered into the pieces that are wanted. */
class Line {
  private held: Uint8Array[] = []
  private size = 0
  private constructor(
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly stop: AbortController,
  ) {}

  static async open(load: Load, headers: { Authorization: string }): Promise<Line> {
    const stop = new AbortController()
    const range = { Range: `bytes=${load.at}-`, 'If-Range': `"${load.hash}"` }
    const request = new Request(load.path, { headers: { ...headers, ...range }, redirect: 'error' })
    const response = await within(stop, () => fetch(new Request(request, { signal: stop.signal, cache: 'no-store' })))
    if (response.status === 206 && response.body) return new Line(response.body.getReader(), stop)
    const text = await within(stop, () => response.text())
    let problem: unknown
    try {
      problem = JSON.parse(text)
    } catch {
      // No problem document: a page of a network that wants a log-in, or of a proxy.
    }
    throw response.ok ? new ApiError('portal', response.status) : problemOf(response, problem)
  }

  /** So many bytes; a line that ends before is a network that broke off. */
  async take(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.size < bytes) {
      const { value, done } = await within(this.stop, () => this.reader.read())
      if (done || !value) throw new ApiError('network')
      this.held.push(value)
      this.size += value.length
    }
    const all = new Uint8Array(this.size)
    let at = 0
    for (const one of this.held) {
      all.set(one, at)
      at += one.length
    }
    this.held = [all.subarray(bytes)]
    this.size -= bytes
    return all.slice(0, bytes)
  }

  close(): void {
    this.stop.abort()
  }
}

async function within<T>(stop: AbortController, run: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => stop.abort(), silent)
  try {
    return await run()
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(stop.signal.aborted ? 'timeout' : 'network')
  } finally {
    clearTimeout(timer)
  }
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (one) => one.toString(16).padStart(2, '0')).join('')
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
}

/** Bytes that are not those that were named. */
class Garbled extends Error {}

/** Fetches, compares and stores the next piece; gives the load after it, and the rows. */
async function piece(load: Load, line: Line): Promise<{ next?: Load; rows: Row[] } | 'late'> {
  const part = wanted(load)
  const bytes = await line.take(part.bytes)
  if ((await hashOf(bytes)) !== part.hash) throw new Garbled()
  const text = await unpacked(bytes)
  if (!load.parts) {
    const next = withIndex(load, text)
    if (!next) throw new Garbled()
    return (await storeIndex(load, next)) ? { next, rows: [] } : 'late'
  }
  const rows = rowsOf(load, text)
  if (!rows) throw new Garbled()
  const done = await storePart(load, rows)
  return done === 'late' ? done : { ...done, rows }
}

/** What became of the files that are awaited. */
export type Loaded =
  /** None is. */
  | 'none'
  /** Something is to be sent, or fetched from where a file ended: exchange, and come again. */
  | 'exchange'
  /** One came garbled, and again when it was fetched anew. */
  | 'garbled'

/** How often this page has seen a file garbled; once may be the line. */
let garbled = 0
/** Bytes of files that this page has stored to the end, of what it awaited with them. */
let done = 0

/**
 * Loads files part by part until they are here or there is something to send (P6). What has come is shown as it
 * comes; an error leaves all of it, and the next try goes on from there (P11).
 */
export async function loadFiles(owner: string, heard: (round: Round) => Promise<void>): Promise<Loaded> {
  const loads = Object.values((await getMeta('loads')) ?? {})
  let load = loads.sort((a, b) => (a.feed < b.feed ? -1 : 1))[0]
  if (!load) {
    loading.value = undefined
    done = 0
    return 'none'
  }
  const total = done + loads.reduce((sum, one) => sum + one.bytes, 0)
  const others = loads.reduce((sum, one) => (one === load ? sum : sum + one.at), done)
  let line: Line | undefined
  try {
    line = await authorised((headers) => Line.open(load!, headers))
    while (load) {
      loading.value = Math.floor(((others + load.at) / total) * 100)
      const got = await piece(load, line)
      if (got === 'late' || account.value?.id !== owner) return 'exchange'
      if (!got.next) done += load.bytes
      load = got.next
      const log = await getMeta('log')
      const waits = !!log && log.tail.n > log.through
      if (got.rows.length > 0)
        await heard({ touched: new Set(), places: false, rows: got.rows, more: !!load && !waits })
      if (waits) return 'exchange'
    }
    garbled = 0
    return 'exchange'
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw new ApiError('storage_full')
    const gone = error instanceof ApiError && [403, 404, 410, 416].includes(error.status)
    if (!load || !(gone || error instanceof Garbled)) throw error
    await heard({ touched: await giveUp(load), places: false })
    if (gone) return 'exchange'
    return ++garbled > 1 ? 'garbled' : 'exchange'
  } finally {
    line?.close()
  }
}
