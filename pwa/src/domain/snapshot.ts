import type { Answer, Row } from './change'
import { changed, none, rowHash, type Digest } from './digest'

/** Files of feeds that the phone has nothing of yet (W8, P11): what an answer says of them, and what is read from them. */
export interface Snapshot {
  feed: string
  /** The cursor of whoever has stored all of it. */
  seq: number
  rows: number
  /** Of the whole file. */
  bytes: number
  /** Of its first part, the index. */
  index: number
  /** SHA-256 of the first part, which has the others'. */
  hash: string
  path: string
}

export interface Part {
  rows: number
  bytes: number
  hash: string
}

/** A feed that comes from a file: its cursor is set with the last part, not before. */
export interface Load extends Snapshot {
  /** What the index says, once it has come. */
  parts?: Part[]
  /** How many parts are stored. */
  part: number
  /** Bytes of the file that are done with. */
  at: number
  /** Of the rows that are stored; absent where an older app began. */
  digest?: Digest
}

export type Loads = Readonly<Record<string, Load>>

/** The bounds of W8: a part is held in memory whole. */
const most = { rows: 1000, bytes: 8 * 1024 * 1024 }

/**
 * Which files are loaded after an answer, and of which feeds all goes that is stored: what comes now is of another
 * moment, or is another's. A feed that was loading and that the answer says nothing of is not this account's any more.
 */
export function begin(loads: Loads, pull: Answer['pull']): { loads: Loads; clear: string[] } {
  const now: Record<string, Load> = {}
  const clear: string[] = []
  for (const one of pull.snapshots ?? []) {
    now[one.feed] = loads[one.feed] ?? { ...one, part: 0, at: 0, digest: none }
    if (!loads[one.feed]) clear.push(one.feed)
  }
  for (const feed of Object.keys(loads)) if (!now[feed]) clear.push(feed)
  return { loads: now, clear }
}

/** The next piece: the index first, then part by part. */
export function wanted(load: Load): Part {
  return load.parts?.[load.part] ?? { rows: 0, bytes: load.index, hash: load.hash }
}

/** The load after its index; `undefined` where the index is not of the file that was named. */
export function withIndex(load: Load, text: string): Load | undefined {
  let index: { feed?: unknown; seq?: unknown; parts?: Part[] } | null
  try {
    index = JSON.parse(text) as typeof index
  } catch {
    return undefined
  }
  const parts = Array.isArray(index?.parts) ? index.parts : []
  let rows = 0
  let bytes = load.index
  for (const part of parts) {
    if (!(part.rows >= 1 && part.rows <= most.rows && part.bytes >= 1 && part.bytes <= most.bytes)) return undefined
    rows += part.rows
    bytes += part.bytes
  }
  const fits = index?.feed === load.feed && index.seq === load.seq && rows === load.rows && bytes === load.bytes
  return fits && parts.length > 0 ? { ...load, parts, at: load.index } : undefined
}

/** The rows of the next part; `undefined` where they are not the file's. */
export function rowsOf(load: Load, text: string): Row[] | undefined {
  try {
    const rows = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row)
    const own = rows.every((row) => row.feed === load.feed && row.seq >= 1 && row.seq <= load.seq && !!row.entity)
    return own && rows.length === wanted(load).rows ? rows : undefined
  } catch {
    return undefined
  }
}

/** The load after these rows of its next part were stored, and whether that was the last. */
export function stored(load: Load, rows: readonly Row[]): { next: Load; whole: boolean } {
  const next = { ...load, part: load.part + 1, at: load.at + wanted(load).bytes }
  if (load.digest) next.digest = changed(load.digest, rows.map(rowHash), [])
  return { next, whole: next.part >= (load.parts?.length ?? 0) }
}
