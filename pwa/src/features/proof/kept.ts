import { shallowRef } from 'vue'
import { allDrafts } from '@/db/drafts'
import { getMeta } from '@/db/meta'
import { oneOfOutbox } from '@/db/outbox'
import type { Change } from '@/domain/change'
import { receiptCode } from '@/domain/receipt'

/** What the server has said to hold of this phone's log, and what of that is safely copied. */
export interface Kept {
  /** The last number that the server has. */
  through: number
  /** Its receipt in short; empty before the first answer. */
  receipt: string
  durable: number
  /** When the last safely copied change was recorded; 0 where the phone no longer has it. */
  durableAt: number
  drafts: number
}

export const kept = shallowRef<Kept>()

export async function readKept(): Promise<void> {
  const [log, copied, drafts] = await Promise.all([getMeta('log'), getMeta('durable'), allDrafts()])
  const through = log?.through ?? 0
  const durable = Math.min(copied ?? 0, through)
  const [last, safe] = await Promise.all([
    through ? oneOfOutbox(through) : undefined,
    durable ? oneOfOutbox(durable) : undefined,
  ])
  // The line's hash is the one that the server's answer was compared with; its part may be another than the newest (P9).
  const line = last ?? (log && through === log.pruned.n ? log.pruned : undefined)
  kept.value = {
    through,
    receipt: through && line ? receiptCode(line.epoch, through, line.hash) : '',
    durable,
    durableAt: safe ? (JSON.parse(safe.line) as Change).at : 0,
    drafts: drafts.length,
  }
}
