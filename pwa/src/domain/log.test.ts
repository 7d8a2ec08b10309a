import { describe, expect, it } from 'vitest'
import { sha256 } from '@/state/edge'
import { line, type Answer, type Change, type Outcome } from './change'
import { askedFor, fork, newLog, partOf, type Line, type Log } from './log'
import { batch, forgettable, receive, type Asked, type Receipt } from './phone'

/** The stories of sync/phone/phone_test.go: this is its twin, and must tell them the same way. */
const epoch = '2'.repeat(32)
const fresh = '4'.repeat(32)
const entity = '3'.repeat(32)
const day = 24 * 60 * 60 * 1000

type Kept = Line & { acked?: number; outcome?: Outcome; settled?: boolean }

/** A phone without a database. */
class Paper {
  log: Log = newLog(epoch)
  lines: Kept[] = []

  write(text: string, at = 1000): this {
    const { tail, after } = this.log
    const place = { epoch: this.log.epoch, n: tail.n + 1, prev: tail.hash, after, at, seen: 0 }
    const kind = tail.n === 0 ? 'create' : 'patch'
    const made = line({ type: 'entry', entity, kind, fields: { text } }, place, sha256)
    this.lines.push({ n: place.n, epoch: this.log.epoch, line: made.line, hash: made.hash })
    this.log = { ...this.log, tail: { n: place.n, hash: made.hash } }
    return this
  }
  at = (n: number) => this.lines.find((one) => one.n === n)
  change = (n: number) => JSON.parse(this.at(n)!.line) as Change

  /** The next request, at most so many lines. */
  ask(most = 200): Asked & { lines: Line[] } {
    const n = askedFor(this.log)
    const waiting = this.log.probe ? [] : this.lines.filter((one) => one.n > this.log.through).slice(0, most)
    const lines = batch(waiting)
    const { through } = this.log
    return { ...partOf(this.log, n, this.at(n)), from: through + 1, last: through + lines.length, lines }
  }
  hear(asked: Asked, answer: Answer): Receipt {
    const n = askedFor(this.log)
    const part = this.lines.filter((one) => one.epoch === asked.epoch)
    const end = asked.epoch === this.log.epoch ? this.log.tail.n : (part.at(-1)?.n ?? this.log.pruned.n)
    const own = { epoch: partOf(this.log, n, this.at(n)).epoch, end, hash: (m: number) => this.at(m)?.hash }
    const receipt = receive(this.log, asked, own, answer)
    if (receipt !== 'late' && 'log' in receipt) this.log = receipt.log
    return receipt
  }
  fork(common: number): void {
    const forked = fork(this.log, this.lines, common, fresh, sha256)
    this.log = forked.log
    this.lines = [...this.lines.filter((one) => one.n <= forked.log.through), ...forked.lines]
  }
  prune(until: number): void {
    const last = this.at(until)!
    this.lines = this.lines.filter((one) => one.n > until)
    this.log = { ...this.log, pruned: { n: until, hash: last.hash, epoch: last.epoch } }
  }
}

const answer = (through: number, chain = '', more: Partial<Answer> = {}, outcomes: Outcome[] = []): Answer => ({
  protocol: 1,
  server_epoch: 's',
  server_time: 5000,
  catalogue: '',
  seats: '',
  push: { through, chain, durable: null, outcomes },
  pull: { rows: [], cursors: {} },
  ...more,
})
/** Acknowledges the whole log of a phone. */
const all = (paper: Paper, more: Partial<Answer> = {}) => answer(paper.log.tail.n, paper.log.tail.hash, more)

describe('P3 an answer', () => {
  it('S3 what acknowledges less is believed, and the phone begins again there', () => {
    const paper = new Paper().write('一').write('二').write('三').write('四').write('五')
    paper.hear(paper.ask(), answer(3, paper.at(3)!.hash))
    expect(paper.ask()).toMatchObject({ from: 4, lines: [{ n: 4 }, { n: 5 }] })
    expect(paper.ask(1).lines).toHaveLength(1)
  })
  it('confirms nothing beyond through, and no change that is to be sent again', () => {
    const paper = new Paper().write('一').write('二')
    const outcomes: Outcome[] = [
      { n: 1, outcome: 'retry' },
      { n: 2, outcome: 'applied' },
    ]
    const receipt = paper.hear(paper.ask(), answer(1, paper.at(1)!.hash, {}, outcomes))
    expect(receipt).toMatchObject({ log: { through: 1 }, outcomes: new Map() })
  })
  it('a change stays laid over until its rows have come', () => {
    const paper = new Paper().write('一')
    paper.hear(paper.ask(), all(paper, { pull: { rows: [], cursors: {}, more: true } }))
    expect(paper.log).toMatchObject({ through: 1, settled: 0 })
    paper.hear(paper.ask(), all(paper))
    expect(paper.log.settled).toBe(1)
  })
  it('to a question that no longer stands is not taken', () => {
    const paper = new Paper().write('一').write('二')
    const asked = paper.ask()
    paper.hear(asked, all(paper))
    expect(paper.hear(asked, all(paper))).toBe('late')
    const again = paper.ask()
    paper.fork(1)
    expect(paper.hear(again, all(paper))).toBe('late')
  })
  it('of another server epoch begins the rows anew, not the log', () => {
    const paper = new Paper().write('一').write('二')
    paper.hear(paper.ask(), all(paper))
    const back = answer(1, paper.at(1)!.hash, { server_epoch: 't' })
    expect(paper.hear(paper.ask(), back)).toMatchObject({ restarted: true, log: { through: 1, settled: 1 } })
    expect(paper.ask()).toMatchObject({ from: 2, lines: [{ n: 2 }] })
  })
})

describe('S17 P9 a fork', () => {
  it('is noticed by the chain: the log is sent again, for the server to say how far the two are the same', () => {
    const paper = new Paper().write('一')
    paper.hear(paper.ask(), answer(1, sha256('another')))
    expect(paper.ask()).toMatchObject({ from: 1, lines: [{ n: 1 }] })
  })
  it('is looked for though nothing waits, where the server was lost: a copy may have come first with other lines', () => {
    const paper = new Paper().write('一')
    paper.hear(paper.ask(), all(paper))
    const back = answer(2, sha256('another'), { server_epoch: 't' })
    paper.hear(paper.ask(), back)
    const asked = paper.ask()
    expect(asked).toMatchObject({ from: 1, lines: [{ n: 1 }] })
    expect(paper.hear(asked, back)).toEqual({ fork: 1 }) // it was the same line after all
  })
  it('goes on under another epoch, with the same numbers and the same changes', () => {
    const paper = new Paper().write('一').write('二').write('三')
    paper.hear(paper.ask(), answer(1, paper.at(1)!.hash))
    const before = [paper.change(2), paper.change(3)]
    let prev = paper.at(1)!.hash
    paper.fork(1)
    const asked = paper.ask()
    expect(asked).toMatchObject({ epoch: fresh, from: 2, last: 3, after: { epoch, n: 1 } })
    asked.lines.forEach((one, i) => {
      const rest = { ...before[i], epoch: fresh, prev, after: { epoch, n: 1 } }
      expect(JSON.parse(one.line)).toEqual(rest)
      expect(one.hash).toBe(sha256(one.line))
      prev = one.hash
    })
    paper.write('四')
    expect(paper.change(4)).toMatchObject({ epoch: fresh, prev, after: { epoch, n: 1 } })
  })
  it('from the very beginning continues nothing', () => {
    const paper = new Paper().write('一')
    paper.fork(0)
    expect(paper.change(1)).not.toHaveProperty('after')
    expect(paper.change(1)).toMatchObject({ epoch: fresh, prev: '' })
  })
  it('of an older copy: the server holds more of this log than the phone', () => {
    const paper = new Paper().write('一')
    expect(paper.hear(paper.ask(), answer(3, sha256('three')))).toEqual({ fork: 1 })
  })
  it('what was not compared may be another’s: it is compared first', () => {
    const paper = new Paper().write('一').write('二')
    paper.hear(paper.ask(1), answer(3, sha256('three')))
    expect(paper.log.through).toBe(1)
    expect(paper.hear(paper.ask(), answer(3, sha256('three')))).toEqual({ fork: 2 })
  })
  it('says what the server lost and the phone no longer has', () => {
    const paper = new Paper().write('一').write('二')
    paper.hear(paper.ask(), all(paper))
    paper.write('三')
    paper.prune(1)
    expect(paper.hear(paper.ask(), answer(0))).toEqual({ fork: 0 })
    paper.fork(0)
    expect(paper.ask().lines.map((one) => JSON.parse(one.line))).toMatchObject([
      { n: 2, after: { epoch, n: 1, lost: 1 } },
      { n: 3, after: { epoch, n: 1, lost: 1 } },
    ])
    expect(fork(paper.log, paper.lines, 0, fresh, sha256).lost).toEqual({ from: 1, to: 1 })
  })
  // It took this for a server that has lost everything, said so, went on in one more log, and so for ever.
  it('of which all is forgotten, and in which nothing is to be said: nothing is lost', () => {
    const paper = new Paper().write('一')
    paper.hear(paper.ask(), all(paper))
    paper.prune(1)
    expect(paper.hear(paper.ask(), answer(5, 'another’s'))).toEqual({ fork: 1 })
    paper.fork(1)
    expect(paper.hear(paper.ask(), answer(0))).toMatchObject({ log: { through: 1, probe: false } })
    expect(paper.write('二').change(2).after).toEqual({ epoch, n: 1 })
  })
  it('that the server does not know: the part before it is asked for', () => {
    const paper = new Paper().write('一').write('二')
    paper.hear(paper.ask(), answer(1, paper.at(1)!.hash))
    paper.fork(1)
    paper.hear(paper.ask(), answer(2, paper.at(2)!.hash))
    // The server was lost, and has the first part alone, or not even that.
    paper.write('三')
    paper.hear(paper.ask(), answer(0, '', { server_epoch: 't' }))
    expect(paper.log).toMatchObject({ through: 1, probe: true })
    const probe = paper.ask()
    expect(probe).toMatchObject({ epoch, from: 2, lines: [] })
    paper.hear(probe, answer(0, '', { server_epoch: 't' }))
    expect(paper.ask()).toMatchObject({ epoch, from: 1, lines: [{ n: 1 }] })
    paper.hear(paper.ask(), answer(1, paper.at(1)!.hash, { server_epoch: 't' }))
    expect(paper.ask()).toMatchObject({ epoch: fresh, from: 2, lines: [{ n: 2 }, { n: 3 }] })
  })
  it('a part that a clone writes on ends where this phone’s part ends', () => {
    const paper = new Paper().write('一').write('二')
    paper.hear(paper.ask(), all(paper))
    paper.fork(2)
    paper.write('三')
    paper.log = { ...paper.log, through: 1 }
    expect(paper.ask()).toMatchObject({ epoch, from: 2, lines: [{ n: 2 }] })
    paper.hear(paper.ask(), answer(9, sha256('nine')))
    expect(paper.log.through).toBe(2)
    expect(paper.ask()).toMatchObject({ epoch: fresh, from: 3 })
  })
})

describe('P3 P12 what may be forgotten', () => {
  const log = { ...newLog(epoch), through: 9, settled: 9 }
  const acked = (n: number, more: Partial<Kept> = {}) => ({ n, acked: 1000, ...more })
  it('is thirty days old by the server’s time, settled, and copied off site', () => {
    const kept = [acked(1), acked(2)]
    expect(forgettable(log, kept, null, 90 * day)).toBe(0)
    expect(forgettable(log, kept, 1, 90 * day)).toBe(1)
    expect(forgettable(log, kept, 9, 29 * day)).toBe(0)
    expect(forgettable(log, kept, 9, 31 * day)).toBe(2)
    expect(forgettable({ ...log, settled: 1 }, kept, 9, 90 * day)).toBe(1)
    expect(forgettable(log, [{ n: 1 }], 9, 90 * day)).toBe(0)
  })
  it('P12 the thirty days begin anew with a server that came back from a copy', () => {
    const asked = { epoch, from: 10, last: 9 }
    const own = { epoch, end: 9, hash: () => 'h' }
    const said = { ...answer(9, 'h'), server_epoch: 's2', server_time: 100 * day }
    const heard = receive({ ...log, serverEpoch: 's1', tail: { n: 9, hash: 'h' } }, asked, own, said)
    if (heard === 'late' || 'fork' in heard) throw new Error('not taken')
    expect(heard.restarted).toBe(true)
    expect(forgettable(heard.log, [acked(1)], 9, 129 * day)).toBe(0)
    expect(forgettable(heard.log, [acked(1)], 9, 131 * day)).toBe(1)
  })
  it('P12 where no copy off site is known the newest 20,000 stay', () => {
    const long = { ...log, through: 20_500, settled: 20_500 }
    const kept = Array.from({ length: 1000 }, (_, i) => acked(i + 1))
    expect(forgettable(long, kept, null, 90 * day)).toBe(500)
    expect(forgettable(long, kept, 700, 90 * day)).toBe(700)
    expect(forgettable({ ...log, through: 500, settled: 500 }, kept, 300, 90 * day)).toBe(300)
  })
  it('P7 what is rejected or parked stays, and so does what comes after it', () => {
    const outcome: Outcome = { n: 2, outcome: 'rejected' }
    const kept = [acked(1), acked(2, { outcome }), acked(3)]
    expect(forgettable(log, kept, 9, 90 * day)).toBe(1)
    expect(forgettable(log, [acked(1), acked(2, { outcome, settled: true }), acked(3)], 9, 90 * day)).toBe(3)
    expect(forgettable(log, [acked(1, { outcome: { n: 1, outcome: 'parked' } })], 9, 90 * day)).toBe(0)
  })
})
