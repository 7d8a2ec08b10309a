import type { Form } from './catalogue'
import { strings, type Content } from './content'
import { attached } from './field'

/** The attachments that a content names, with the field of each. */
export function attachmentsIn(form: Form | undefined, content: Content): { id: string; field: string }[] {
  return (form?.fields ?? [])
    .filter(attached)
    .flatMap((field) => strings(content[field.key]).map((id) => ({ id, field: field.key })))
}

/** What the store of a phone that is to keep sent files knows of each. */
export interface Stored {
  id: string
  size: number
  at?: number
  state: string
  sentAt?: number
  gone?: boolean
}

export const keepSentMs = 30 * 24 * 60 * 60 * 1000
export const keepSentBytes = 50 << 20

/**
 * Which of the sent files go: wholly after thirty days, as with changes (P12); their bytes, the oldest first, where all
 * together are more than fifty megabytes, and all of them where the phone's storage is short. What the server has not is
 * never among them.
 */
export function toGiveUp(files: readonly Stored[], now: number, short: boolean): { drop: string[]; bytes: string[] } {
  const sent = files.filter((one) => one.state === 'sent').sort((a, b) => (b.sentAt ?? 0) - (a.sentAt ?? 0))
  const old = (one: Stored) => now - (one.sentAt ?? 0) > keepSentMs
  let total = 0
  const bytes = sent.filter((one) => {
    if (old(one) || one.gone) return false
    total += one.size
    return short || total > keepSentBytes
  })
  // What the phone has lost is told for as long.
  const told = files.filter((one) => one.state === 'lost' && now - (one.at ?? now) > keepSentMs)
  return { drop: [...sent.filter(old), ...told].map((one) => one.id), bytes: bytes.map((one) => one.id) }
}

/** The size of the next piece: a line that was quick gets a larger one, a line that broke a smaller one. */
export const smallest = 16 << 10
export const largest = 512 << 10
export function nextPiece(piece: number, took: number | 'broke'): number {
  if (took === 'broke') return Math.max(smallest, piece >> 1)
  if (took < 2_000) return Math.min(largest, piece * 2)
  return took > 8_000 ? Math.max(smallest, piece >> 1) : piece
}

/** What is to be done about a code that the server answers an upload with. */
export function afterCode(code: string, status: number): 'refused' | 'later' | 'ask' | 'stop' {
  if (code === 'wrong_offset') return 'ask'
  // Its record is on the way, or waits itself; others may go.
  if (code === 'missing_entity' || code === 'unknown_form') return 'later'
  if (
    ['not_allowed', 'unknown_field', 'bad_file', 'too_many_files', 'too_large', 'exists', 'bad_request'].includes(code)
  )
    return 'refused'
  return status === 404 ? 'ask' : 'stop'
}
