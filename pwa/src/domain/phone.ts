import { bounds, type Answer, type Outcome } from './change'

/** The phone's half of the exchange as rules without I/O: what to send, what an answer means (SPEC section 7). */
export interface Queued {
  n: number
  line: string
  acked?: number
}

const bytes = (text: string) => new TextEncoder().encode(text).length

/** The next lines to send, in order, from the first that the server has not (P6). */
export function batch<T extends Queued>(waiting: readonly T[]): T[] {
  const out: T[] = []
  let size = 0
  for (const one of waiting) {
    size += bytes(one.line) + 1
    if (out.length > 0 && (size > bounds.batchBytes || out.length >= bounds.batchChanges)) break
    out.push(one)
  }
  return out
}

/** The body of an exchange: the head, then the lines exactly as they were written (W3). */
export function body(
  head: { protocol: number; epoch: string; from: number; server_epoch: string; cursors: Record<string, number> },
  lines: readonly Queued[],
): string {
  return [JSON.stringify(head), ...lines.map((one) => one.line)].join('\n') + '\n'
}

export interface Receipt {
  /** The last number that the server's ledger holds. */
  through: number
  /** What became of the changes that this answer covers. */
  outcomes: Map<number, Outcome>
  /** The server is another one than before (restored): cursors are void and what it lacks is sent again. */
  restarted: boolean
  /** There is more to fetch or to send. */
  more: boolean
}

/** What an answer means for the log. Nothing beyond `through` is confirmed, whatever the outcomes say (P3). */
export function receive(
  state: { serverEpoch: string; tail: number },
  sent: readonly Queued[],
  answer: Answer,
): Receipt {
  const restarted = state.serverEpoch !== '' && answer.server_epoch !== state.serverEpoch
  const through = Math.min(answer.push.through, state.tail)
  const outcomes = new Map<number, Outcome>()
  for (const outcome of answer.push.outcomes ?? []) {
    if (outcome.n <= through && outcome.outcome !== 'retry') outcomes.set(outcome.n, outcome)
  }
  const last = sent.length ? sent[sent.length - 1]!.n : 0
  const pushMore = through >= last && through < state.tail
  return { through, outcomes, restarted, more: restarted || !!answer.pull.more || pushMore }
}

const keepFor = 30 * 24 * 60 * 60 * 1000
/** So many confirmed changes are kept for good where no copy off site is known to have them (P12). */
export const keepMost = 20_000

/** The last number that may leave the phone once it is old enough: safely copied off site, or beyond the bound (P12). */
export const forgettable = (through: number, durable: number | null): number =>
  Math.max(durable ?? 0, through - keepMost)

/**
 * Whether a confirmed change may leave the phone: the server has had it for thirty days by its own clock, which `now`
 * is too, and a copy off site has it (P3). What was rejected or waits on the server stays until it is settled (P7).
 */
export function mayForget(
  one: { n: number; acked?: number; settled?: boolean; outcome?: Outcome },
  last: number,
  now: number,
): boolean {
  const open = one.outcome?.outcome === 'rejected' || one.outcome?.outcome === 'parked'
  return one.acked !== undefined && one.n <= last && now - one.acked > keepFor && (!open || !!one.settled)
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
