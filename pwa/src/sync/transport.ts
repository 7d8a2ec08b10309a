import { ApiError, fetchWithin, problemOf, timeouts } from '@/api/client'
import type { Answer } from '@/domain/change'
import { isAnswer } from '@/domain/phone'

async function gzipped(text: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (typeof CompressionStream === 'undefined' || text.length < 1400) return undefined
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** One exchange (W3). Whatever is not the protocol's own answer is an `ApiError`, and changes nothing (P4). */
export async function exchange(body: string, headers: { Authorization: string }): Promise<Answer> {
  const small = await gzipped(body)
  const request = new Request('/api/v1/sync', {
    method: 'POST',
    body: small ?? body,
    headers: {
      ...headers,
      'Content-Type': 'application/x-ndjson',
      Accept: 'application/json',
      ...(small ? { 'Content-Encoding': 'gzip' } : {}),
    },
    redirect: 'error',
  })
  const response = await fetchWithin(timeouts.sync, request)
  let answer: unknown
  try {
    answer = await response.json()
  } catch {
    throw response.ok ? new ApiError('portal', response.status) : problemOf(response, undefined)
  }
  if (!response.ok) throw problemOf(response, answer)
  if (!isAnswer(answer)) throw new ApiError('portal', response.status)
  return answer
}
