import { ApiError } from '@/api/client'
import { afterCode, attachmentsIn, nextPiece, toGiveUp } from '@/domain/files'
import { backOff } from '@/domain/phone'
import type { Change } from '@/domain/change'
import { allDrafts } from '@/db/drafts'
import { allFiles, bytesOf, changeFile, dropFiles, giveUpBytes, type KeptFile } from '@/db/files'
import { getMeta } from '@/db/meta'
import { allOutbox } from '@/db/outbox'
import { inParts } from '@/db/reads'
import { now } from '@/state/edge'
import { filesChanged } from '@/state/files'
import { heldView } from '@/state/held'
import { formOf } from '@/state/places'
import { accountId } from '@/state/session'
import { isShort } from '@/state/room'
import * as tus from './tus'

/** Photos, signatures and voice notes go in a queue of their own behind the records: a photo never delays an entry (F4). */
let piece = 64 << 10
let failures = 0
/** Of files whose record is not there yet: when they are tried again. */
const later = new Map<string, { at: number; tries: number }>()
/** A form that is open keeps its draft within a second; what nothing names after so long was given up. */
const orphan = 2 * 24 * 60 * 60 * 1000

/** Finds where those belong that a saved record names since, and drops those that nothing names any more. */
export async function place(account: string): Promise<KeptFile[]> {
  const files = await allFiles(account)
  const loose = new Map(files.filter((one) => !one.entity).map((one) => [one.id, one]))
  if (loose.size === 0) return files
  const put = async (id: string, entity: string, field: string) => {
    const one = loose.get(id)
    if (!one) return
    loose.delete(id)
    Object.assign(one, { entity, field, state: 'waiting' as const })
    await changeFile(account, id, { entity, field, state: 'waiting' })
  }
  // What a draft names may be taken out again before it is saved.
  const drafts = await allDrafts()
  for (const draft of drafts) {
    for (const { id } of attachmentsIn(formOf('entry', draft.form), draft.content)) loose.delete(id)
  }
  if (loose.size) {
    for (const row of await allOutbox()) {
      if (![...loose.keys()].some((id) => row.line.includes(id))) continue
      const change = JSON.parse(row.line) as Change
      for (const [field, value] of Object.entries(change.fields ?? {})) {
        if (Array.isArray(value)) for (const id of value) await put(String(id), change.entity, field)
      }
    }
  }
  if (loose.size) {
    // Saved so long ago that the log no longer has it.
    await inParts(400, async (rows) => {
      for (const row of rows) {
        for (const [field, value] of Object.entries(row.content ?? {})) {
          if (Array.isArray(value))
            for (const id of value) if (loose.has(String(id))) await put(String(id), row.entity, field)
        }
      }
      return loose.size > 0
    })
  }
  const gone = [...loose.values()].filter((one) => now() - one.at > orphan).map((one) => one.id)
  if (gone.length) await dropFiles(account, gone)
  return files.filter((one) => !gone.includes(one.id))
}

/** Nothing that is shown of its record names it any more: she has taken it out again. */
function unwanted(file: KeptFile): boolean {
  const one = heldView(file.entity!)
  if (!one || one.stub) return false
  // What the server did not accept is still what she meant, and is there to be corrected.
  const shown = [one.content, one.serverContent, one.approved, one.refused, one.conflicts, one.problems]
  return !JSON.stringify(shown).includes(file.id)
}

/** The records come first: whether something of them waits. */
const recordsWait = async (): Promise<boolean> => {
  const log = await getMeta('log')
  return !!log && log.tail.n > log.through
}

async function upload(account: string, file: KeptFile): Promise<'sent' | 'records' | 'lost'> {
  const bytes = await bytesOf(account, file.id)
  // What the browser has lost of its storage cannot be sent; the server may have had it all before its answer was lost.
  if (!bytes) return (await tus.begin(file.id, file.entity!, file.field!, file.size)) === file.size ? 'sent' : 'lost'
  let at = await tus.begin(file.id, file.entity!, file.field!, bytes.byteLength)
  for (let asked = 0; at < bytes.byteLength;) {
    if (accountId.value !== account || (await recordsWait())) return 'records'
    const began = now()
    try {
      at = await tus.send(file.id, at, bytes.slice(at, at + piece))
      piece = nextPiece(piece, now() - began)
      failures = 0
    } catch (error) {
      if (!(error instanceof ApiError) || afterCode(error.code, error.status) !== 'ask' || ++asked > 3) {
        if (error instanceof ApiError && ['network', 'timeout'].includes(error.code)) piece = nextPiece(piece, 'broke')
        throw error
      }
      at = await tus.begin(file.id, file.entity!, file.field!, bytes.byteLength)
    }
  }
  return 'sent'
}

/**
 * Sends what waits, one after the other, until nothing does, a record waits, or the line breaks. Gives the milliseconds
 * after which it is worth to go on; nothing, if there is nothing to do. Only the leading tab calls it (P5).
 */
export async function sendFiles(account: string): Promise<number | undefined> {
  let files: KeptFile[]
  try {
    files = await place(account)
  } catch {
    return 60_000 // the phone's storage cannot be read now
  }
  const epoch = (await getMeta('log'))?.serverEpoch ?? ''
  // What another server had is asked of this one: it may have been restored without it (F7).
  const settled = files.filter((one) => one.state === 'lost' && one.entity && unwanted(one)).map((one) => one.id)
  if (settled.length) await dropFiles(account, settled).catch(() => undefined)
  const due = files
    .filter(
      (one) => one.entity && (one.state === 'waiting' || (one.state === 'sent' && !one.gone && one.server !== epoch)),
    )
    .sort((a, b) => a.at - b.at)
  let wait: number | undefined
  const tryAgain = (ms: number) => (wait = Math.min(wait ?? ms, ms))
  try {
    for (const file of due) {
      if (accountId.value !== account) return undefined
      const put = later.get(file.id)
      if (put && put.at > now()) {
        tryAgain(put.at - now())
        continue
      }
      if (file.state === 'waiting' && unwanted(file)) {
        await dropFiles(account, [file.id])
        continue
      }
      try {
        const went = await upload(account, file)
        if (went === 'records') return 0
        if (went === 'lost') await changeFile(account, file.id, { state: 'lost' })
        else await changeFile(account, file.id, { state: 'sent', sentAt: now(), server: epoch, code: undefined })
        later.delete(file.id)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        const then = afterCode(error.code, error.status)
        if (then === 'stop' || then === 'ask') throw error
        if (then === 'later') {
          const tries = (put?.tries ?? 0) + 1
          const ms = Math.max(30_000, backOff(tries + 4, Math.random()))
          later.set(file.id, { at: now() + ms, tries })
          tryAgain(ms)
        } else {
          await changeFile(account, file.id, { state: 'refused', code: error.code })
        }
      }
      await filesChanged(account)
    }
    failures = 0
  } catch (error) {
    failures++
    const asked = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 0
    // Without a session only a log-in helps.
    if (!(error instanceof ApiError && error.status === 401)) tryAgain(asked + backOff(failures, Math.random()))
  }
  await tidy(account).catch(() => undefined)
  await filesChanged(account)
  return wait
}

/** Counts what waits, also where nothing can be sent now. */
export async function count(account: string): Promise<void> {
  await place(account)
  await filesChanged(account)
}

/** Makes room by what the server has. */
export async function tidy(account: string): Promise<void> {
  const { drop, bytes } = toGiveUp(await allFiles(account), now(), await isShort())
  if (bytes.length) await giveUpBytes(account, bytes)
  if (drop.length) await dropFiles(account, drop)
}
