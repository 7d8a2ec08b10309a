import { bounds, type After, type Answer, type Outcome } from './change'
import type { Line, Log } from './log'

/** The phone's half of the exchange as rules without I/O: what to send, what an answer means (SPEC section 7). */
type Queued = Pick<Line, 'n' | 'line'> & Partial<Line>

const bytes = (text: string) => new TextEncoder().encode(text).length

/** The next lines to send, in order, from the first that the server has not (P6); they are of one part of the log. */
export function batch<T extends Queued>(waiting: readonly T[]): T[] {
  const out: T[] = []
  let size = 0
  for (const one of waiting) {
    size += bytes(one.line) + 1
    if (out.length > 0 && (size > bounds.batchBytes || out.length >= bounds.batchChanges)) break
    if (out.length > 0 && one.epoch !== out[0]!.epoch) break
    out.push(one)
  }
  return out
}

/** The body of an exchange: the head, then the lines exactly as they were written (W3). */
export function body(
  head: {
    protocol: number
    epoch: string
    from: number
    server_epoch: string
    cursors: Record<string, number>
    bases?: Record<string, number>
    digests?: boolean
    snapshots?: boolean
  },
  lines: readonly Queued[],
): string {
  return [JSON.stringify(head), ...lines.map((one) => one.line)].join('\n') + '\n'
}

/** What was asked: the part of the log, where it began, and the last number that went along. */
export interface Asked {
  epoch: string
  /** What the part goes on from. */
  after?: After
  from: number
  last: number
}

/** How the phone's own log stands to what was asked, read when the answer is stored. */
export interface Own {
  /** The part of the log that would be asked for now. */
  epoch: string
  /** The last number of this phone's part. */
  end: number
  /** Hash of the line of a number, `undefined` where the phone keeps none. */
  hash: (n: number) => string | undefined
}

export type Receipt =
  | {
      /** The log after the answer. */
      log: Log
      /** What became of the changes that this answer covers. */
      outcomes: Map<number, Outcome>
      /** The server is another one than before (restored): what it sent is void. */
      restarted: boolean
    }
  /** This log and the server's part after a number: nothing of the answer is taken, and the log forks there (P9). */
  | { fork: number }
  /** The answer is to a question that no longer stands: another tab has forked or has heard since. */
  | 'late'

/** What an answer means for the log: all of it, or nothing (P3). Twin of `Receive` in sync/phone. */
export function receive(log: Log, asked: Asked, own: Own, answer: Answer): Receipt {
  if (asked.from !== log.through + 1 || asked.epoch !== own.epoch) return 'late'
  const said = answer.push.through
  const { after } = asked
  const restarted = log.serverEpoch !== '' && answer.server_epoch !== log.serverEpoch
  // Where what is kept of this part begins.
  const base = Math.max(log.pruned.n, after?.n ?? 0)
  const none = (answer.push.outcomes ?? []).length === 0
  let through = said
  let probe = false
  if (said < log.pruned.n && !(after && after.n >= log.pruned.n)) return { fork: said }
  if (after && said < after.n) {
    // A part that the server does not know: does it know the one before?
    through = after.n
    probe = restarted || log.probe || (none && asked.last > log.through)
  } else if (said > own.end && (log.probe || (restarted && asked.last === log.through))) {
    through = base // is it this phone's log that goes on there? The server compares, line by line
  } else if (said > own.end && asked.last < own.end) {
    through = asked.last // what was not compared may be another's
  } else if (said > own.end && asked.epoch === log.epoch) {
    return { fork: own.end } // all that this phone has is there, and more: it is an older copy
  } else if (said > own.end) {
    through = own.end // a part that was left behind, and that a clone writes on
  } else {
    const hash = own.hash(said)
    // A clone's stands there since the server was lost. As far as was asked it is this one, by the chain.
    if (hash !== undefined && hash !== answer.push.chain)
      through = log.through < asked.last && asked.last < said ? asked.last : base
  }
  const outcomes = new Map<number, Outcome>()
  for (const outcome of answer.push.outcomes ?? []) {
    if (outcome.n <= through && outcome.outcome !== 'retry') outcomes.set(outcome.n, outcome)
  }
  // Only when no page is left has every row that an acknowledged change made come too.
  const settled = answer.pull.more ? Math.min(log.settled, through) : through
  const met = restarted ? { met: answer.server_time } : {}
  return { log: { ...log, ...met, through, settled, probe, serverEpoch: answer.server_epoch }, outcomes, restarted }
}

const keepFor = 30 * 24 * 60 * 60 * 1000
/** So many confirmed changes are kept for good where no copy off site is known to have them (P12). */
export const keepMost = 20_000

/**
 * How far the log may be forgotten from its beginning: confirmed with its rows, thirty days ago by the server's own
 * time, and either copied off site or beyond the bound (P12). What is rejected or parked stays until it is settled
 * (P7), and so does what comes after it. A server that came back from a copy may have had what that lacked from a request
 * that was late, or from a clone: since when, nobody here knows, but no longer than it has been there.
 */
export function forgettable(
  log: Log,
  kept: Iterable<{ n: number; acked?: number; settled?: boolean; outcome?: Outcome }>,
  durable: number | null,
  serverTime: number,
): number {
  let until = log.pruned.n
  for (const one of kept) {
    const open = !one.settled && (one.outcome?.outcome === 'rejected' || one.outcome?.outcome === 'parked')
    const safe = one.n <= (durable ?? 0) || log.settled - one.n >= keepMost
    if (one.n > log.settled || !safe || open) break
    if (one.acked === undefined || serverTime - Math.max(one.acked, log.met ?? 0) < keepFor) break
    until = one.n
  }
  return until
}

/** Milliseconds until the next try: doubling from 4 s to 5 min; `random` in [0, 1) spreads phones apart. */
export function backOff(failures: number, random: number): number {
  const base = Math.min(4_000 * 2 ** Math.max(0, failures - 1), 300_000)
  return Math.round(base * (0.5 + random / 2))
}

/** Whether a body is the protocol's and not the page of a network that wants a log-in (P4). */
export function isAnswer(body: unknown): body is Answer {
  if (typeof body !== 'object' || body === null) return false
  const one = body as Record<string, unknown>
  const push = one.push as Record<string, unknown> | undefined
  const pull = one.pull as Record<string, unknown> | undefined
  return (
    one.protocol === 1 &&
    typeof one.server_epoch === 'string' &&
    typeof one.server_time === 'number' &&
    typeof push?.through === 'number' &&
    typeof pull?.cursors === 'object'
  )
}
