import { line, type After, type Change } from './change'
import type { Sha256 } from './canonical'

/** This installation's log: where it ends, what is gone from its beginning, and what the server has of it. */
export interface Log {
  /** Name of the newest part; an older part of the same log, before a fork, has another. */
  epoch: string
  /** Where the newest part goes on from, absent where it is the first. */
  after?: After
  /** The newest line. */
  tail: { n: number; hash: string }
  /** The last line that the phone no longer keeps. */
  pruned: { n: number; hash: string; epoch: string }
  /** Last number that the server's ledger holds. */
  through: number
  /** Last number whose rows have come too (P3). */
  settled: number
  /** The server did not know the part that was asked for: the one before it is asked next. */
  probe: boolean
  serverEpoch: string
  /** The server's time when this server epoch was first heard after another one. */
  met?: number
}

/** A line of the log, byte for byte as it is sent. */
export interface Line {
  n: number
  epoch: string
  line: string
  hash: string
}

export const newLog = (epoch: string): Log => ({
  epoch,
  tail: { n: 0, hash: '' },
  pruned: { n: 0, hash: '', epoch: '' },
  through: 0,
  settled: 0,
  probe: false,
  serverEpoch: '',
})

/** The number whose part of the log the next request is of. */
export const askedFor = (log: Log): number => (log.probe ? log.through : log.through + 1)

/** The part that a number belongs to: the newest where there is no such line yet. */
export function partOf(log: Log, n: number, found: Line | undefined): { epoch: string; after?: After } {
  if (found) return { epoch: found.epoch, after: (JSON.parse(found.line) as Change).after }
  if (n > 0 && n === log.pruned.n) return { epoch: log.pruned.epoch }
  return { epoch: log.epoch, after: log.after }
}

/** What a fork makes of the log: the lines after the common part under their new name, and what nobody has any more. */
export interface Forked<T extends Line> {
  log: Log
  lines: T[]
  lost?: { from: number; to: number }
}

/**
 * Lets the log go on under a new epoch after the last number that it and the server's have in common (P9): what
 * comes after is written anew there, under the same numbers (S17). `kept` are all lines that the phone has, in
 * order. Where it no longer has what the server lacks, the new log says what is missing.
 */
export function fork<T extends Line>(
  log: Log,
  kept: readonly T[],
  common: number,
  epoch: string,
  sha256: Sha256,
): Forked<T> {
  common = Math.max(0, Math.min(common, log.tail.n))
  const from = Math.max(common, log.pruned.n)
  const parent = kept.find((one) => one.n === from) ?? log.pruned
  let after: After | undefined
  if (from > 0) after = { epoch: parent.epoch, n: from, ...(common < from ? { lost: common + 1 } : {}) }
  let tail = { n: from, hash: from > 0 ? parent.hash : '' }
  const lines: T[] = []
  for (const one of kept) {
    if (one.n <= from) continue
    const change = JSON.parse(one.line) as Change
    const made = line(change, { epoch, n: one.n, prev: tail.hash, after, at: change.at, seen: change.seen }, sha256)
    lines.push({ ...one, epoch, line: made.line, hash: made.hash })
    tail = { n: one.n, hash: made.hash }
  }
  return {
    log: {
      ...log,
      epoch,
      after,
      tail,
      through: from,
      settled: Math.min(log.settled, from),
      probe: false,
    },
    lines,
    ...(common < from ? { lost: { from: common + 1, to: from } } : {}),
  }
}
