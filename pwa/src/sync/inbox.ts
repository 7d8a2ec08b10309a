import { ApiError, client, ok } from '@/api/client'
import { getMeta, setMeta } from '@/db/meta'
import { marksSent, storeInbox, waitingMarks } from '@/db/notices'
import type { Notice } from '@/domain/inbox'
import { account, authorised } from '@/state/session'

/** So many marks go at once. */
const most = 500

/** Tells what was read since, also without a network (N13). */
async function sendMarks(owner: string): Promise<void> {
  for (;;) {
    const ids = await waitingMarks(most)
    if (!ids.length || account.value?.id !== owner) return
    try {
      await authorised((headers) => ok(client.POST('/api/v1/inbox/read', { headers, body: { ids } })))
    } catch (error) {
      // What the server does not take now it takes never: it would keep all that is read later from being told.
      if (!(error instanceof ApiError) || error.status !== 400) throw error
    }
    if (account.value?.id !== owner) return
    await marksSent(ids)
  }
}

/**
 * After an exchange: tells what was read, and fetches what came into the inbox where the answer says that it moved.
 * `head` and `epoch` are of that answer, `now` is its time. Tells whether anything has come.
 */
export async function exchangeInbox(owner: string, head: number, epoch: string, now: number): Promise<boolean> {
  await sendMarks(owner)
  const known = (await getMeta('inbox')) ?? { epoch, through: 0, received: 0 }
  // A server that began again has other numbers, or the same ones for other notices.
  let anew = known.epoch !== epoch || head < known.through
  if (!anew && head === known.through && known.received >= known.through) return false
  if (anew && !head && !known.through) {
    await setMeta('inbox', { epoch, through: 0, received: 0 })
    return false
  }
  let came = anew
  for (let after = anew ? 0 : known.through; ;) {
    const query = { after }
    const page = await authorised((headers) => ok(client.GET('/api/v1/inbox', { headers, params: { query } })))
    if (account.value?.id !== owner) return came
    anew ||= page.reset
    const notices = page.notices.map((one) => {
      const { from } = one.params as { from?: string }
      return { ...one, ...(from ? { by: page.names[from] ?? '' } : {}) } as Notice
    })
    // Of what the page itself brings the server hears with the next question (N1).
    const received = page.notices.length || page.more ? (anew ? 0 : after) : page.through
    await storeInbox({ ...page, notices }, { epoch, anew, received, now })
    came ||= page.notices.length + page.reads.length > 0
    anew = false
    after = page.through
    if (!page.more && !page.notices.length) return came
  }
}
