import { client, ok, type Schemas } from '@/api/client'
import { getMeta, setMeta } from '@/db/meta'
import { keepOutcomes, parkedLines } from '@/db/outcomes'
import type { Outcome } from '@/domain/change'
import { authorised } from '@/state/session'

export type WorkReceived = Schemas['WorkReceived']

/** So many are asked for at once. */
const most = 200

/**
 * Asks what has become of changes that the server had put aside (P13): a unit that she has left sends no rows, by
 * which the phone would see that a successor has them now. The records that are to be shown anew.
 */
export async function askOutcomes(): Promise<Set<string>> {
  const touched = new Set<string>()
  const parts = new Map<string, number[]>()
  for (const one of await parkedLines()) {
    const known = parts.get(one.epoch)
    if (known) known.push(one.n)
    else parts.set(one.epoch, [one.n])
  }
  for (const [log, numbers] of parts) {
    for (let at = 0; at < numbers.length; at += most) {
      const query = { log, lines: numbers.slice(at, at + most).join(',') }
      const { outcomes, received } = await authorised((headers) =>
        ok(client.GET('/api/v1/me/outcomes', { params: { query }, headers })),
      )
      const became = new Map<number, Outcome>()
      for (const one of outcomes) if (one.outcome !== 'parked') became.set(one.n, one as Outcome)
      for (const entity of await keepOutcomes(became)) touched.add(entity)
      if (received.length || (await getMeta('received'))) await setMeta('received', received)
    }
  }
  return touched
}
