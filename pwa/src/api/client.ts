import createClient from 'openapi-fetch'
import type { components, paths } from './gen'

export type Schemas = components['schemas']

/** An error with a code of the closed set, or `network`, `timeout`, `portal` for what never reached the server. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status = 0,
    readonly field?: string,
    readonly retryAfter?: number,
    /** Of a fork: the last number that both logs have in common. */
    readonly through?: number,
  ) {
    super(code)
  }
}

export const timeouts = { short: 15_000, sync: 60_000 } as const

/** `fetch` with its whole body within `ms`: a line that dies half-way must not hold up the next try. */
export async function fetchWithin(ms: number, request: Request): Promise<Response> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), ms)
  try {
    // A service worker or browser cache must never answer for the server here.
    const response = await fetch(new Request(request, { signal: stop.signal, cache: 'no-store' }))
    const empty = response.status === 204 || response.status === 304
    const body = empty ? null : await response.arrayBuffer()
    return new Response(body, { status: response.status, headers: response.headers })
  } catch {
    throw new ApiError(stop.signal.aborted ? 'timeout' : 'network')
  } finally {
    clearTimeout(timer)
  }
}

export const client = createClient<paths>({
  baseUrl: typeof location === 'undefined' ? 'http://localhost' : location.origin,
  fetch: (request) => fetchWithin(timeouts.short, request),
})

/** What an answer that is no success means. A page that is not JSON comes from a network that wants a log-in (P4). */
export function problemOf(response: Response, body: unknown): ApiError {
  const type = response.headers.get('content-type') ?? ''
  // Whatever stands between says, an hour at most; a timer of a month would ring at once.
  const retry = Math.min(Number(response.headers.get('retry-after')), 3600) || undefined
  const problem = body as Partial<Schemas['Problem']> | undefined
  if (problem && typeof problem === 'object' && typeof problem.code === 'string') {
    return new ApiError(problem.code, response.status, problem.field, retry, problem.through)
  }
  if (!/json/.test(type) && response.status < 500) return new ApiError('portal', response.status)
  return new ApiError(response.status >= 500 ? 'unavailable' : 'unknown', response.status, undefined, retry)
}

interface Answered<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer, or an `ApiError`. */
export async function ok<T>(answer: Promise<Answered<T>>): Promise<T> {
  let got: Answered<T>
  try {
    got = await answer
  } catch (error) {
    if (error instanceof ApiError) throw error
    // The body was not JSON although the status said success.
    throw new ApiError(error instanceof SyntaxError ? 'portal' : 'network')
  }
  if (got.response.ok && got.response.status === 204) return undefined as T
  if (got.response.ok && typeof got.data === 'object' && got.data !== null) return got.data
  throw got.response.ok ? new ApiError('portal', got.response.status) : problemOf(got.response, got.error)
}
