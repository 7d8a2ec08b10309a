import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, fetchWithin, ok, problemOf } from './client'

const request = () => new Request('http://localhost/api/v1/me')
const page = (body: string, init: ResponseInit) => new Response(body, init)
afterEach(() => vi.unstubAllGlobals())

const failure = async (run: Promise<unknown>) => {
  const error = await run.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  expect(error).toBeInstanceOf(ApiError)
  return error as ApiError
}

describe('P4 what is no answer of the server', () => {
  it('a line that dies half-way ends with the time-out', async () => {
    vi.stubGlobal('fetch', (given: Request) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"half'))
          given.signal.addEventListener('abort', () => controller.error(new Error('aborted')))
        },
      })
      return Promise.resolve(new Response(body))
    })
    expect((await failure(fetchWithin(30, request()))).code).toBe('timeout')
  })
  it('no connection at all is the network', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    expect((await failure(fetchWithin(1000, request()))).code).toBe('network')
  })
  it('a page of the network’s own is a portal, with a success or without', async () => {
    const html = { 'content-type': 'text/html' }
    expect(problemOf(page('<html>', { status: 403, headers: html }), '<html>').code).toBe('portal')
    expect(
      (
        await failure(
          ok(Promise.resolve({ data: '<html>' as never, response: page('', { status: 200, headers: html }) })),
        )
      ).code,
    ).toBe('portal')
  })
  it('a problem document keeps its code, a gateway’s page is a busy server', () => {
    const json = { 'content-type': 'application/problem+json', 'retry-after': '7' }
    expect(problemOf(page('', { status: 429, headers: json }), { code: 'rate_limited' })).toMatchObject({
      code: 'rate_limited',
      retryAfter: 7,
    })
    expect(problemOf(page('', { status: 502, headers: { 'content-type': 'text/html' } }), '<html>').code).toBe(
      'unavailable',
    )
    const month = { ...json, 'retry-after': '2592000' }
    expect(problemOf(page('', { status: 429, headers: month }), { code: 'rate_limited' }).retryAfter).toBe(3600)
  })
})
