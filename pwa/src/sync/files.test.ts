import { beforeEach, describe, expect, it, vi } from 'vitest'
import { newLog } from '@/domain/log'
import { allFiles, bytesOf, type KeptFile } from '@/db/files'
import { keepDraft } from '@/db/drafts'
import { getMeta, setMeta } from '@/db/meta'
import { useAccount } from '@/db/open'
import { append } from '@/db/outbox'
import { freshId, sha256 } from '@/state/edge'
import { files, keepFile, NotKept, see } from '@/state/files'
import { account } from '@/state/session'
import { clearRecords } from '@/state/records'
import { catalogue } from '@/state/places'
import { filesWaiting } from './status'
import { count, sendFiles, tidy } from './files'

const edge = { now: () => 1000, freshId, sha256 }
let me = ''

/** A server of the protocol that keeps what comes, and a line that breaks. */
class Line {
  readonly kept = new Map<string, { entity: string; field: string; length: number; bytes: Uint8Array }>()
  readonly asked: string[] = []
  /** How many bytes still pass before the line breaks once. */
  budget = Infinity
  /** How often something came whole. */
  whole = 0
  refuse?: { status: number; code: string }

  async answer(request: Request): Promise<Response> {
    this.asked.push(`${request.method} ${request.headers.get('Upload-Offset') ?? ''}`.trim())
    const headers = { 'Tus-Resumable': '1.0.0' }
    if (this.refuse) {
      return Response.json({ code: this.refuse.code }, { status: this.refuse.status, headers })
    }
    if (request.method === 'POST') {
      const said = Object.fromEntries(
        request.headers
          .get('Upload-Metadata')!
          .split(',')
          .map((pair) => pair.split(' ') as [string, string])
          .map(([key, value]) => [key, atob(value)]),
      ) as { id: string; entity: string; field: string }
      const length = Number(request.headers.get('Upload-Length'))
      const one = this.kept.get(said.id) ?? { ...said, length, bytes: new Uint8Array() }
      this.kept.set(said.id, one)
      return new Response(null, { status: 201, headers: { ...headers, 'Upload-Offset': String(one.bytes.length) } })
    }
    const one = this.kept.get(request.url.split('/').at(-1)!)
    if (!one) return Response.json({ code: 'not_found' }, { status: 404, headers })
    if (Number(request.headers.get('Upload-Offset')) !== one.bytes.length) {
      return Response.json({ code: 'wrong_offset' }, { status: 409, headers })
    }
    const piece = new Uint8Array(await request.arrayBuffer())
    const came = piece.subarray(0, Math.min(piece.length, this.budget))
    const all = new Uint8Array(one.bytes.length + came.length)
    all.set(one.bytes)
    all.set(came, one.bytes.length)
    one.bytes = all
    this.budget -= came.length
    if (came.length < piece.length) {
      this.budget = 100_000
      throw new TypeError('the line broke')
    }
    if (one.bytes.length === one.length) this.whole++
    return new Response(null, { status: 204, headers: { ...headers, 'Upload-Offset': String(one.bytes.length) } })
  }
}
let line: Line

const bytes = (n: number) => new Uint8Array(n).map((_, i) => i * 7)
const photo = (n = 300_000) => ({ kind: 'photo' as const, blob: new Blob([bytes(n)], { type: 'image/jpeg' }) })
async function saved(...ids: string[]): Promise<string> {
  const entity = freshId()
  const fields = { photos: ids }
  await append(
    [{ intent: { type: 'entry', entity, kind: 'create', unit: '1', form: 'f', form_version: 1, fields } }],
    edge,
  )
  return entity
}
/** The server has all that was recorded. */
async function settled() {
  const log = (await getMeta('log')) ?? newLog('e')
  await setMeta('log', { ...log, through: log.tail.n, serverEpoch: 's1' })
}
const states = async () => (await allFiles(me)).map((one: KeptFile) => one.state).sort()
const room = (quota: number, usage: number) =>
  vi.stubGlobal('navigator', {
    ...navigator,
    storage: { estimate: async () => ({ quota, usage }), persist: async () => true },
  })

beforeEach(() => {
  vi.unstubAllGlobals()
  clearRecords()
  me = freshId()
  useAccount(me)
  account.value = {
    id: me,
    seats: [],
    access: 'x',
    refresh: 'y',
    accessUntil: Date.now() + 1e9,
  } as unknown as typeof account.value
  line = new Line()
  vi.stubGlobal('fetch', (request: Request) => line.answer(request))
  catalogue.value = {
    hash: '',
    forms: [{ id: 'f', version: 1, order: 1, fields: [{ key: 'photos', type: 'photo' }] }],
    registers: [],
    indicators: [],
  } as unknown as typeof catalogue.value
})

describe('F1 F4 the queue of photos', () => {
  it('goes behind the records, over a line that breaks, whole and once', async () => {
    const id = await keepFile(photo())
    expect(await states()).toEqual(['draft'])
    await sendFiles(me)
    expect(line.asked).toEqual([]) // nothing saved names it
    const entity = await saved(id)
    expect(await sendFiles(me)).toBe(0) // the record goes first
    expect(line.whole).toBe(0)
    await settled()
    line.budget = 100_000
    for (let i = 0; i < 10 && (await states())[0] !== 'sent'; i++) await sendFiles(me)
    expect(await states()).toEqual(['sent'])
    const { entity: of, field, length } = line.kept.get(id)!
    expect({ of, field, length }).toEqual({ of: entity, field: 'photos', length: 300_000 })
    expect(Buffer.compare(line.kept.get(id)!.bytes, bytes(300_000))).toBe(0)
    expect(line.whole).toBe(1)
    const asked = line.asked.length
    await sendFiles(me)
    expect(line.asked).toHaveLength(asked)
    expect(filesWaiting.value).toBe(0)
  })
  it('is counted also while nothing can be sent', async () => {
    await saved(await keepFile(photo(10)), await keepFile(photo(10)))
    await count(me)
    expect(filesWaiting.value).toBe(2)
    expect(files.value).toHaveLength(2)
  })
  it('a lost answer is asked for and nothing is sent twice', async () => {
    await saved(await keepFile(photo(1000)))
    await settled()
    const real = line.answer.bind(line)
    let lost = 0
    vi.stubGlobal('fetch', async (request: Request) => {
      const answer = await real(request)
      if (request.method === 'PATCH' && lost++ === 0) throw new TypeError('the answer is lost')
      return answer
    })
    expect(await sendFiles(me)).toBeGreaterThan(0)
    await sendFiles(me)
    expect(await states()).toEqual(['sent'])
    expect(line.asked.filter((one) => one.startsWith('PATCH'))).toHaveLength(1)
  })
  it('what a draft names waits for its form, also over a restart', async () => {
    const id = await keepFile(photo(10))
    await keepDraft({ id: 'd', form: 'f', unit: '1', content: { photos: [id] }, screen: 1, updatedAt: 1 })
    await settled()
    await sendFiles(me)
    expect(line.asked).toEqual([])
    expect(await states()).toEqual(['draft'])
  })
  it('what was given up with its form goes after a while', async () => {
    await keepFile(photo(10))
    await sendFiles(me)
    expect(await states()).toEqual(['draft'])
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3 * 24 * 3600_000)
    await sendFiles(me)
    expect(await states()).toEqual([])
    vi.restoreAllMocks()
  })
  it('its record is not there yet: others go, and it is tried again', async () => {
    await saved(await keepFile(photo(10)))
    await settled()
    line.refuse = { status: 404, code: 'missing_entity' }
    expect(await sendFiles(me)).toBeGreaterThan(20_000)
    expect(await states()).toEqual(['waiting'])
  })
  it('what the server does not take says why and is not sent again', async () => {
    const id = await keepFile(photo(10))
    await saved(id)
    await settled()
    line.refuse = { status: 422, code: 'bad_file' }
    await sendFiles(me)
    expect((await allFiles(me))[0]).toMatchObject({ state: 'refused', code: 'bad_file' })
    const asked = line.asked.length
    await sendFiles(me)
    expect(line.asked).toHaveLength(asked)
    expect(await see(id, true)).toEqual({ what: 'broken' })
  })
  it('F7 a server that was restored without it gets it again', async () => {
    await saved(await keepFile(photo(500)))
    await settled()
    await sendFiles(me)
    expect(await states()).toEqual(['sent'])
    line.kept.clear()
    await setMeta('log', { ...(await getMeta('log'))!, serverEpoch: 's2' })
    await sendFiles(me)
    expect([...line.kept.values()].map((one) => one.bytes.length)).toEqual([500])
    const asked = line.asked.length
    await sendFiles(me)
    expect(line.asked).toHaveLength(asked)
  })
  it('F7 what the browser has lost is said, unless the server has it; it goes with the record that no longer names it', async () => {
    const [here, there] = [await keepFile(photo(700)), await keepFile(photo(900))]
    await saved(here, there)
    await settled()
    await new Promise((done) => {
      const request = indexedDB.open(`niangjia-files-${me}`)
      request.onsuccess = () => {
        const tx = request.result.transaction('bytes', 'readwrite')
        tx.objectStore('bytes').clear()
        tx.oncomplete = () => done(request.result.close())
      }
    })
    // Of one of them only the answer was lost.
    line.kept.set(there, { entity: '', field: '', length: 900, bytes: bytes(900) })
    await sendFiles(me)
    const states = Object.fromEntries((await allFiles(me)).map((one) => [one.id, one.state]))
    expect(states).toEqual({ [here]: 'lost', [there]: 'sent' })
    expect(filesWaiting.value).toBe(0)
    line.refuse = { status: 404, code: 'not_found' }
    expect((await see(here, true)).what).toBe('lost')
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 31 * 24 * 3600_000)
    await sendFiles(me)
    expect(await allFiles(me)).toEqual([])
    vi.restoreAllMocks()
  })
  it('another account that comes in meanwhile gets nothing sent under its session', async () => {
    await saved(await keepFile(photo(400_000)))
    await settled()
    const mine = me
    const real = line.answer.bind(line)
    vi.stubGlobal('fetch', async (request: Request) => {
      const answer = await real(request)
      account.value = { ...account.value!, id: freshId() }
      return answer
    })
    await sendFiles(mine)
    expect(line.asked).toEqual(['POST'])
  })
})

describe('F7 a phone that is full', () => {
  it('keeps no photo where there is no room, and says so; what the server has makes room', async () => {
    const id = await keepFile(photo(1000))
    await saved(id)
    await settled()
    await sendFiles(me)
    room(1000 << 20, 920 << 20)
    await tidy(me)
    expect(await bytesOf(me, id)).toBeUndefined()
    expect((await allFiles(me))[0]).toMatchObject({ state: 'sent', gone: true })
    room(1000 << 20, 990 << 20)
    await expect(keepFile(photo(1000))).rejects.toThrow(NotKept)
    await expect(keepFile(photo(1000))).rejects.toMatchObject({ why: 'full' })
    expect(await allFiles(me)).toHaveLength(1)
  })
  it('says so too where the browser finds out only when it writes', async () => {
    const add = IDBObjectStore.prototype.add
    IDBObjectStore.prototype.add = () => {
      throw new DOMException('no room', 'QuotaExceededError')
    }
    try {
      await expect(keepFile(photo(10))).rejects.toMatchObject({ why: 'full' })
    } finally {
      IDBObjectStore.prototype.add = add
    }
    expect(await allFiles(me)).toEqual([])
  })
})

describe('what is seen of an attachment', () => {
  it('is this phone’s own, else the server’s, else why not', async () => {
    const id = await keepFile(photo(10))
    const own = await see(id, false)
    expect(own.what === 'here' && new Uint8Array(await own.blob.arrayBuffer())).toEqual(bytes(10))
    const answers = (status: number, body: unknown, type = 'application/problem+json') =>
      vi.stubGlobal(
        'fetch',
        async () =>
          new Response(typeof body === 'string' ? body : JSON.stringify(body), {
            status,
            headers: { 'content-type': type },
          }),
      )
    const other = freshId()
    for (const [status, code, what] of [
      [404, 'not_found', 'coming'],
      [422, 'bad_file', 'broken'],
      [403, 'forbidden', 'withheld'],
      [403, 'reason_needed', 'withheld'],
      [503, 'unavailable', 'away'],
    ] as const) {
      answers(status, { code })
      expect((await see(other, true)).what, code).toBe(what)
    }
    answers(200, '<html>log in to this network', 'text/html')
    expect((await see(other, true)).what).toBe('away')
    answers(200, 'jpeg', 'image/jpeg')
    expect((await see(other, true)).what).toBe('here')
  })
})
