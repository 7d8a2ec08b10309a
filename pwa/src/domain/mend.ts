import type { Row } from './change'
import { changed, none, type Digest } from './digest'

/** Bounds of a question (W7), and beyond what a feed is fetched anew as a whole. */
const maxParts = 64
const maxAsked = 200
const maxMended = 2000

/** The search for what differs in a feed, and what was found so far (P10). Twin of `mending` in sync/phone. */
export interface Mending {
  feed: string
  /** Parts still to be asked about. */
  prefixes: string[]
  /** Rows to be taken anew, and how many of them were asked for. */
  fetch: string[]
  asked: number
  /** Rows that the server does not have. */
  remove: string[]
  rows: Row[]
}

export interface Question {
  server_epoch: string
  feed: string
  prefixes?: string[]
  entities?: string[]
}

export interface Finding {
  server_epoch: string
  seq: number
  parts: { prefix: string; digest: Digest; list?: Record<string, string>; split?: Digest[] }[]
  rows: Row[]
  names?: Record<string, string>
}

/** A stored row: where it stands when its feed is halved, and what it comes to now. */
export interface Placed {
  place: string
  hash: string
}

export const mending = (feed: string): Mending => ({
  feed,
  prefixes: [''],
  fetch: [],
  asked: 0,
  remove: [],
  rows: [],
})

export function question(m: Mending, serverEpoch: string): Question {
  const asked = { server_epoch: serverEpoch, feed: m.feed }
  return m.prefixes.length
    ? { ...asked, prefixes: m.prefixes.slice(0, maxParts) }
    : { ...asked, entities: m.fetch.slice(m.asked, m.asked + maxAsked) }
}

/**
 * Takes an answer. `moved`: the feed has gone on meanwhile, and the pull that brings what is new compares again;
 * `much`: more differs than is worth searching; `found`: all that differs is known and here.
 */
export function take(
  m: Mending,
  asked: Question,
  said: Finding,
  here: { serverEpoch: string; cursor: number; stored: ReadonlyMap<string, Placed> },
): 'moved' | 'much' | 'more' | 'found' {
  if (said.server_epoch !== here.serverEpoch || said.seq !== here.cursor) return 'moved'
  if (asked.prefixes) {
    m.prefixes = m.prefixes.slice(asked.prefixes.length)
    for (const part of said.parts) if (asked.prefixes.includes(part.prefix)) search(m, part, here.stored)
  } else {
    m.asked += asked.entities!.length
    m.rows.push(...said.rows.filter((row) => row.feed === m.feed && asked.entities!.includes(row.entity)))
  }
  if (m.fetch.length + m.remove.length > maxMended || m.prefixes.length > 16 * maxParts) return 'much'
  return m.prefixes.length > 0 || m.asked < m.fetch.length ? 'more' : 'found'
}

/** Compares one part of a feed with what is stored. */
function search(m: Mending, part: Finding['parts'][number], stored: ReadonlyMap<string, Placed>): void {
  const depth = part.prefix.length
  const here = new Map<string, string>()
  const split: string[][] = Array.from({ length: 16 }, () => [])
  for (const [entity, { place, hash }] of stored) {
    if (!place.startsWith(part.prefix)) continue
    here.set(entity, hash)
    split[parseInt(place[depth]!, 16)]!.push(hash)
  }
  if (part.split?.length === split.length) {
    part.split.forEach((said, digit) => {
      const own = changed(none, split[digit]!, [])
      if (said.rows !== own.rows || said.sum !== own.sum) m.prefixes.push(part.prefix + digit.toString(16))
    })
    return
  }
  const list = part.list ?? {}
  for (const entity of Object.keys(list).sort()) if (here.get(entity) !== list[entity]) m.fetch.push(entity)
  for (const entity of [...here.keys()].sort()) if (list[entity] === undefined) m.remove.push(entity)
}
