import { ApiError, fetchWithin, problemOf } from '@/api/client'
import { authorised } from '@/state/session'

/**
 * The few verbs of the resumable upload protocol (https://tus.io, 1.0.0) that a phone needs. tus-js-client has 14 KB, an
 * XMLHttpRequest of its own beside the app's session and a list of unfinished uploads beside the phone's own; the server
 * is held to it by test (e2e/cases/tus.test.ts), the app speaks it in these lines.
 */
const path = '/api/v1/attachments'
const version = { 'Tus-Resumable': '1.0.0' }
/** A piece is made for some seconds; a line that needs longer is dead. */
const silent = 60_000

const b64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

function ask(method: string, url: string, headers: Record<string, string>, body?: Blob): Promise<Response> {
  return authorised(async (session) => {
    const request = new Request(url, {
      method,
      headers: { ...session, ...version, ...headers },
      body,
      redirect: 'error',
    })
    const answer = await fetchWithin(silent, request)
    if (answer.ok) {
      // A page of a network that wants a log-in says success too.
      if (answer.headers.get('Tus-Resumable') !== '1.0.0') throw new ApiError('portal', answer.status)
      return answer
    }
    const problem: unknown = await answer.json().catch(() => undefined)
    throw problemOf(answer, problem)
  })
}

function offsetOf(response: Response): number {
  const offset = Number(response.headers.get('Upload-Offset'))
  if (!Number.isSafeInteger(offset) || offset < 0) throw new ApiError('portal', response.status)
  return offset
}

/** Makes room, or finds what is there of it already; gives how much that is. So nothing else need be asked after a cut. */
export async function begin(id: string, entity: string, field: string, length: number): Promise<number> {
  const metadata = Object.entries({ id, entity, field })
    .map(([key, value]) => `${key} ${b64(value)}`)
    .join(',')
  return offsetOf(await ask('POST', path, { 'Upload-Length': String(length), 'Upload-Metadata': metadata }))
}

/** Sends a piece; gives where the next one begins. */
export async function send(id: string, from: number, piece: ArrayBuffer): Promise<number> {
  const headers = { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' }
  return offsetOf(await ask('PATCH', `${path}/${id}`, headers, new Blob([piece])))
}
