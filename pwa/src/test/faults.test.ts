import { readFileSync } from 'node:fs'
import { afterEach, expect, it, vi } from 'vitest'
import { canonical, version } from '@/domain/canonical'
import type { Answer, Conflict } from '@/domain/change'
import type { Content, Patch } from '@/domain/content'
import { merge } from '@/domain/merge'
import type * as overlays from '@/domain/overlay'
import type * as lines from '@/domain/change'
import type * as logs from '@/domain/log'
import type * as phones from '@/domain/phone'
import type * as merges from '@/domain/merge'
import type * as digests from '@/domain/digest'
import type * as searches from '@/domain/mend'
import type * as snapshots from '@/domain/snapshot'
import type * as mends from '@/db/mend'
import type * as rows from '@/db/rows'
import { sha256 } from '@/state/edge'

/**
 * Faults planted into the app's half of the protocol, by putting another module in the place of the shipped one.
 * Each must be seen in a recorded trace: one that goes unseen would prove that the traces prove nothing. A fault is
 * listed with the trace that catches it.
 */
type Fault = [name: string, trace: string, plant: () => void]

const log = (part: (real: typeof logs) => Partial<typeof logs>) =>
  vi.doMock('@/domain/log', async (real) => {
    const all = await real<typeof logs>()
    return { ...all, ...part(all) }
  })
const phone = (part: (real: typeof phones) => Partial<typeof phones>) =>
  vi.doMock('@/domain/phone', async (real) => {
    const all = await real<typeof phones>()
    return { ...all, ...part(all) }
  })
const digest = (part: (real: typeof digests) => Partial<typeof digests>) =>
  vi.doMock('@/domain/digest', async (real) => {
    const all = await real<typeof digests>()
    return { ...all, ...part(all) }
  })
const store = (change: (answer: Answer) => Answer) =>
  vi.doMock('@/db/rows', async (real) => {
    const all = await real<typeof rows>()
    const storeAnswer: typeof all.storeAnswer = (answer, asked, now, files) =>
      all.storeAnswer(change(answer), asked, now, files)
    return { ...all, storeAnswer }
  })
type Taken = Exclude<phones.Receipt, 'late' | { fork: number }>
/** What the rule says, with something put in its place of what comes of it. */
const heard = (change: (receipt: Taken, before: logs.Log, asked: phones.Asked, answer: Answer) => Partial<Taken>) =>
  phone((real) => ({
    receive: (before, asked, own, answer) => {
      const receipt = real.receive(before, asked, own, answer)
      if (receipt === 'late' || 'fork' in receipt) return receipt
      return { ...receipt, ...change(receipt, before, asked, answer) }
    },
  }))
/** What the log is shown as, with something done before to what the phone keeps of it. */
const shown = (change: (log: readonly overlays.Logged[]) => overlays.Logged[]) =>
  vi.doMock('@/domain/overlay', async (real) => {
    const all = await real<typeof overlays>()
    const overlay: typeof all.overlay = (row, log, context) => all.overlay(row, change(log), context)
    return { ...all, overlay }
  })

const faults: Fault[] = [
  [
    'what was sent is taken for what was received',
    'lost',
    () => heard(({ log }, _, asked) => ({ log: { ...log, through: Math.max(log.through, asked.last) } })),
  ],
  [
    'the cursor is taken and the rows are not',
    'decisions',
    () => store((answer) => ({ ...answer, pull: { ...answer.pull, rows: [] } })),
  ],
  [
    'a tombstone removes nothing',
    'clones',
    () =>
      store((answer) => ({
        ...answer,
        pull: { ...answer.pull, rows: (answer.pull.rows ?? []).filter((row) => !row.gone) },
      })),
  ],
  [
    'a parked change is dropped',
    'reviewing',
    () => shown((log) => log.filter((one) => one.outcome?.outcome !== 'parked')),
  ],
  [
    'what waits is acknowledged before the server has it',
    'clones',
    () => shown((log) => log.map((one) => ({ ...one, acked: one.acked ?? 1, ahead: false }))),
  ],
  [
    'a line does not name the one before it',
    'restores',
    () =>
      vi.doMock('@/domain/change', async (real) => {
        const all = await real<typeof lines>()
        const line: typeof all.line = (intent, place, sha256) => all.line(intent, { ...place, prev: '' }, sha256)
        return { ...all, line }
      }),
  ],
  ['a lost server’s rows are kept beside those of the new one', 'lost', () => heard(() => ({ restarted: false }))],
  [
    'the phone forgets what no copy off site has',
    'clones',
    () =>
      phone((real) => ({
        forgettable: (log, kept, _durable, serverTime) => real.forgettable(log, kept, log.settled, serverTime + 1e12),
      })),
  ],
  [
    'the fork leaves out what the server lacks',
    'forgetting',
    () =>
      log((real) => ({ fork: (log, kept, common, epoch, sha256) => real.fork(log, kept, common + 1, epoch, sha256) })),
  ],
  [
    'a fork does not say what it goes on from',
    'forgetting',
    () =>
      log((real) => ({
        fork: (log, kept, common, epoch, sha256) => {
          const forked = real.fork(log, kept, common, epoch, sha256)
          return { ...forked, log: { ...forked.log, after: undefined } }
        },
      })),
  ],
  [
    'what is lost is not said',
    'forgetting',
    () =>
      log((real) => ({
        fork: (log, kept, common, epoch, sha256) => real.fork(log, kept, Math.max(common, log.pruned.n), epoch, sha256),
      })),
  ],
  ['an outcome is not kept', 'restores', () => heard(() => ({ outcomes: new Map() }))],
  [
    'what a reviewer settles stays open on her screen',
    'resolve-reviewer',
    () =>
      vi.doMock('@/domain/merge', async (real) => {
        const all = await real<typeof merges>()
        const merge: typeof all.merge = (input) => all.merge({ ...input, resolve: undefined })
        return { ...all, merge }
      }),
  ],
  [
    'the phone that has less of its log than the server does not part from it',
    'parted-one',
    () =>
      phone((real) => ({
        receive: (before, asked, own, answer) =>
          real.receive(before, asked, { ...own, end: Math.max(own.end, answer.push.through) }, answer),
      })),
  ],
  [
    'who counts anew believes what a row calls its content',
    'repair',
    () => digest((real) => ({ reckoned: (row) => real.rowHash(row) })),
  ],
  [
    'a row that the server does not have stays',
    'repair',
    () =>
      vi.doMock('@/db/mend', async (real) => {
        const all = await real<typeof mends>()
        const storeMended: typeof all.storeMended = (m, ...rest) => all.storeMended({ ...m, remove: [] }, ...rest)
        return { ...all, storeMended }
      }),
  ],
  [
    'a feed that has moved on is mended by what it was',
    'repair',
    () =>
      vi.doMock('@/domain/mend', async (real) => {
        const all = await real<typeof searches>()
        const take: typeof all.take = (m, asked, said, here) => all.take(m, asked, { ...said, seq: here.cursor }, here)
        return { ...all, take }
      }),
  ],
  [
    'a feed that begins again keeps what did not come again',
    'reset',
    () => store((answer) => ({ ...answer, pull: { ...answer.pull, reset: undefined } })),
  ],
  [
    'of a feed that begins again only its last page is kept',
    'reset',
    () => store((answer) => ({ ...answer, pull: { ...answer.pull, rows: answer.pull.reset ? [] : answer.pull.rows } })),
  ],
  [
    'what is sent while a file comes counts as settled',
    'file',
    () =>
      vi.doMock('@/db/rows', async (real) => {
        const all = await real<typeof rows>()
        const storeAnswer: typeof all.storeAnswer = (answer, asked, now, files) =>
          all.storeAnswer(answer, asked, now, files && (async (...told) => (await files(...told)) && false))
        return { ...all, storeAnswer }
      }),
  ],
  [
    'a file counts as whole with its first part',
    'file',
    () =>
      vi.doMock('@/domain/snapshot', async (real) => {
        const all = await real<typeof snapshots>()
        const stored: typeof all.stored = (load, part) => ({ ...all.stored(load, part), whole: true })
        return { ...all, stored }
      }),
  ],
]

afterEach(() => {
  vi.doUnmock('@/domain/log')
  vi.doUnmock('@/domain/phone')
  vi.doUnmock('@/domain/change')
  vi.doUnmock('@/domain/overlay')
  vi.doUnmock('@/domain/merge')
  vi.doUnmock('@/domain/digest')
  vi.doUnmock('@/domain/mend')
  vi.doUnmock('@/domain/snapshot')
  vi.doUnmock('@/db/mend')
  vi.doUnmock('@/db/rows')
  vi.doUnmock('@/state/onscreen')
  vi.resetModules()
})

it.each(faults)(
  'is caught: %s, by the trace %s',
  async (_name, trace, plant) => {
    vi.resetModules()
    plant()
    const { read, replay } = await import('./replay')
    const parts = await replay(read(trace)).catch((error: Error) => error.message)
    expect(parts, 'nobody noticed').toBeTruthy()
  },
  60_000,
)

// Two phones that write one field are rare in the traces; the shared cases of the merge have them all.
it('is caught: of two values the later one is taken, by testdata/merge.json', () => {
  interface Case {
    many: string[]
    most?: Record<string, number>
    said?: Record<string, string[]>
    record: { content: Content; conflicts: Conflict[]; writers: Record<string, { epoch: string }> }
    trunk: Content | null
    patch: { epoch: string; account: string; at: number; fields: Patch; resolve: string[] }
    want: { content: Content }
  }
  const cases = JSON.parse(readFileSync('../sync/testdata/merge.json', 'utf8')) as Case[]
  const wrong = (byClock: boolean) =>
    cases.filter(({ record, patch, trunk, many, most, said, want }) => {
      const writer = (field: string) => (byClock ? patch.epoch : record.writers[field]?.epoch)
      const input = { current: record.content, conflicts: record.conflicts, written: [], trunk: trunk ?? {}, writer }
      const got = merge({
        ...input,
        ...patch,
        many: (field) => many.includes(field),
        most: (field) => most?.[field] ?? 0,
        said: (field) => said?.[field] ?? [],
      })
      return canonical(got.content) !== canonical(want.content)
    }).length
  expect(wrong(false)).toBe(0)
  expect(wrong(true)).toBeGreaterThan(0)
})

// A trace has the line as it was written; who writes it is asked here.
it.each([true, false])(
  'is caught: a decision names what the server called the content, and not what is shown: %s',
  async (honest) => {
    vi.resetModules()
    if (!honest) vi.doMock('@/state/onscreen', () => ({ onScreen: (shown: { version: string }) => shown.version }))
    const { decision } = await import('@/features/review/decisions')
    const read = { note: '到家里看过' }
    const named = version(read, sha256)
    const garbled = decision('x', { version: named, content: { note: '\ufeff?' } }, 'approve')
    expect(decision('x', { version: named, content: read }, 'approve').trunk).toBe(named)
    expect(garbled.trunk !== named, 'P14').toBe(honest)
  },
)

it('the list has no name twice', () => {
  const names = faults.map(([name]) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(10)
})
