import { shallowRef } from 'vue'
import { ApiError, fetchWithin, problemOf, timeouts } from '@/api/client'
import { addFile, allFiles, bytesOf, dropFiles, fileOf, type FileKind, type KeptFile } from '@/db/files'
import { toGiveUp } from '@/domain/files'
import { filesWaiting } from '@/sync/status'
import { freshId, now } from './edge'
import { isShort, roomFor } from './room'
import { accountId, authorised } from './session'
import { askPersistence } from './storage'

/** Photos, signatures and voice notes that this phone has, as they were last read. */
export const files = shallowRef<readonly KeptFile[]>([])

/** Reads them anew after something changed. */
export async function filesChanged(account = accountId.value): Promise<void> {
  if (!account) return
  const list = await allFiles(account)
  if (account !== accountId.value) return
  files.value = list
  filesWaiting.value = list.filter((one) => one.state === 'waiting').length
}

/** Why something was not kept: the screen has the sentence. */
export class NotKept extends Error {
  constructor(readonly why: 'full' | 'unreadable') {
    super(why)
  }
}

export interface Made {
  kind: FileKind
  blob: Blob
  small?: Blob
  seconds?: number
}

/**
 * Keeps something that was just taken, on the phone's disk when it returns; gives its id. What the server has already
 * goes first where there is little room. A photo that finds none is not kept, and the form is as it was.
 */
export async function keepFile(made: Made): Promise<string> {
  const account = accountId.value
  let bytes: ArrayBuffer
  let small: ArrayBuffer | undefined
  try {
    bytes = await made.blob.arrayBuffer()
    small = await made.small?.arrayBuffer()
  } catch {
    throw new NotKept('unreadable')
  }
  if ((await roomFor(bytes.byteLength)) !== 'enough') await makeRoom(account)
  if ((await roomFor(bytes.byteLength)) === 'none') throw new NotKept('full')
  const one: KeptFile = {
    id: freshId(),
    kind: made.kind,
    type: made.blob.type.split(';')[0]!,
    size: bytes.byteLength,
    at: now(),
    state: 'draft',
    ...(small ? { small } : {}),
    ...(made.seconds === undefined ? {} : { seconds: made.seconds }),
  }
  try {
    await addFile(account, one, bytes)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw new NotKept('full')
    throw error
  }
  void askPersistence()
  await filesChanged(account)
  return one.id
}

async function makeRoom(account: string): Promise<void> {
  const { giveUpBytes } = await import('@/db/files')
  const list = await allFiles(account)
  const { drop, bytes } = toGiveUp(list, now(), await isShort())
  if (bytes.length) await giveUpBytes(account, bytes)
  if (drop.length) await dropFiles(account, drop)
}

/** What she has just taken and takes out again goes at once; what was saved once is the record's. */
export async function forgetFile(id: string): Promise<void> {
  const account = accountId.value
  const one = await fileOf(account, id)
  if (one && !one.entity) await dropFiles(account, [id])
  await filesChanged(account)
}

/** What can be shown of an attachment. */
export type Seen =
  | { what: 'here'; blob: Blob; seconds?: number }
  /** It has not come to the server, or this reader may not know whether it has. */
  | { what: 'coming' }
  /** This phone had it and has lost it, and the server does not have it. */
  | { what: 'lost' }
  | { what: 'broken' }
  | { what: 'withheld' }
  /** It lies on the server, which cannot be reached. */
  | { what: 'away' }

/** From this phone, else from the server. */
export async function see(id: string, small: boolean): Promise<Seen> {
  const account = accountId.value
  const kept = await fileOf(account, id).catch(() => undefined)
  if (kept?.state === 'refused' && kept.code === 'bad_file') return { what: 'broken' }
  // The small picture may still lie here; it is not what anybody else will ever see.
  if (kept?.state === 'lost') return { what: 'lost' }
  if (small && kept?.small) return { what: 'here', blob: new Blob([kept.small], { type: 'image/jpeg' }) }
  const bytes = kept && !kept.gone ? await bytesOf(account, id).catch(() => undefined) : undefined
  if (bytes) return { what: 'here', blob: new Blob([bytes], { type: kept!.type }), seconds: kept!.seconds }
  try {
    const url = `/api/v1/attachments/${id}${small ? '?size=small' : ''}`
    const blob = await authorised(async (headers) => {
      const answer = await fetchWithin(timeouts.sync, new Request(url, { headers, redirect: 'error' }))
      if (!answer.ok) throw problemOf(answer, await answer.json().catch(() => undefined))
      const got = await answer.blob()
      if (!/^(image\/jpeg|audio\/)/.test(got.type)) throw new ApiError('portal', answer.status)
      return got
    })
    return { what: 'here', blob }
  } catch (error) {
    const code = error instanceof ApiError ? error.code : 'unknown'
    if (code === 'bad_file') return { what: 'broken' }
    if (code === 'not_found') return { what: kept && !bytes ? 'lost' : 'coming' }
    if (code === 'forbidden' || code === 'reason_needed') return { what: 'withheld' }
    return { what: 'away' }
  }
}
