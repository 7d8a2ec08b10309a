import { randomBytes } from 'node:crypto'
import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Upload } from 'tus-js-client'
import { freshId, Pen } from '../pen'
import { VILLAGE } from '../server'
import { photographing } from '../photographing'
import { served } from '../story'

const { catalogue, version } = photographing()
const server = served({ catalogue })

/** A line to the server on which every connection dies after so many bytes went up. */
class BreakingLine {
  private readonly listener: net.Server
  readonly to: URL
  broke = 0
  url = ''

  constructor(to: string, every: number) {
    this.to = new URL(to)
    this.listener = net.createServer((from) => {
      const on = net.connect(Number(this.to.port), this.to.hostname)
      let left = every
      const end = () => {
        from.destroy()
        on.destroy()
      }
      from.on('data', (bytes: Buffer) => {
        if (bytes.length <= left) {
          left -= bytes.length
          on.write(bytes)
          return
        }
        // The last bytes before it breaks do arrive: what has come is not to be sent again.
        this.broke++
        on.write(bytes.subarray(0, left), () => setTimeout(end, 20))
        left = 0
        from.pause()
      })
      on.on('data', (bytes) => from.write(bytes))
      for (const one of [from, on]) one.on('error', end).on('close', end)
    })
  }

  async open(): Promise<this> {
    await new Promise<void>((done) => this.listener.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${(this.listener.address() as net.AddressInfo).port}`
    return this
  }

  close(): void {
    this.listener.close()
  }
}

/** A picture of about so many bytes: noise compresses badly. A PPM would not be taken, a stored PNG is. */
async function noise(side: number): Promise<Buffer> {
  const { deflateSync, crc32 } = await import('node:zlib')
  const sum = (crc32 as ((data: Buffer) => number) | undefined) ?? crc
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length)
    body.copy(out, 4)
    out.writeUInt32BE(sum(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side)
  head.writeUInt32BE(side, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const rows = Buffer.concat(
    Array.from({ length: side }, () => Buffer.concat([Buffer.from([0]), randomBytes(side * 3)])),
  )
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc(data: Buffer): number {
  let c = ~0
  for (const byte of data) {
    c ^= byte
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
  }
  return ~c >>> 0
}

let pen: Pen
let entity: string
const photos = [freshId(), freshId()]
beforeAll(async () => {
  pen = await Pen.of(server, 'cun1')
  entity = freshId()
  const household = freshId()
  await pen.write([
    { type: 'household', entity: household, kind: 'create', unit: VILLAGE, fields: { head: '合成' } },
    {
      type: 'entry',
      entity,
      kind: 'create',
      unit: VILLAGE,
      form: 'home_visit',
      form_version: version,
      fields: { household, purposes: ['policy'], met: 'met', occurred_on: '2026-11-20', photos },
      event: 'submit',
    },
  ])
})

let line: BreakingLine
afterAll(() => line?.close())

const upload = (
  url: string,
  id: string,
  content: Buffer,
  more: Partial<ConstructorParameters<typeof Upload>[1]> = {},
) =>
  new Promise<{ pieces: number; tries: number }>((done, fail) => {
    const counted = { pieces: 0, tries: 0 }
    new Upload(content, {
      endpoint: `${url}/api/v1/attachments`,
      headers: { Authorization: `Bearer ${pen.token}` },
      metadata: { id, entity, field: 'photos' },
      retryDelays: Array.from({ length: 60 }, () => 10),
      onShouldRetry: () => ++counted.tries > 0,
      onChunkComplete: () => counted.pieces++,
      onSuccess: () => done(counted),
      onError: fail,
      ...more,
    }).start()
  })

const fetched = async (id: string): Promise<Response> =>
  fetch(`${server.url}/api/v1/attachments/${id}`, { headers: { Authorization: `Bearer ${pen.token}` } })

// F1 F4: npm's client of the protocol against the server, over a line that breaks every 100 KB.
test('a photo over a line that breaks every 100 KB arrives whole and once', async () => {
  const content = await noise(520) // some 800 KB
  expect(content.length).toBeGreaterThan(700_000)
  line = await new BreakingLine(server.direct, 100_000).open()
  const { tries } = await upload(line.url, photos[0]!, content)
  expect(tries).toBeGreaterThan(5)
  expect(line.broke).toBeGreaterThan(5)
  const got = await fetched(photos[0]!)
  expect(got.status).toBe(200)
  expect(got.headers.get('content-type')).toBe('image/jpeg')
  expect(Buffer.from(await got.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from('ffd8', 'hex'))
  // Sent again by who heard no answer: it is there, and not a byte goes up.
  const before = line.broke
  const again = await upload(server.direct, photos[0]!, content)
  expect(again.pieces).toBe(0)
  expect(line.broke).toBe(before)
})

test('in pieces, with the offset asked for by its address', async () => {
  const content = await noise(200)
  let address = ''
  await upload(server.direct, photos[1]!, content, {
    chunkSize: 30_000,
    onUploadUrlAvailable(this: void) {
      address = `${server.direct}/api/v1/attachments/${photos[1]}`
    },
  })
  expect((await fetched(photos[1]!)).status).toBe(200)
  const resumed = await upload(server.direct, photos[1]!, content, { uploadUrl: address })
  expect(resumed.pieces).toBe(0)
})

test('what is no picture is refused, and the client hears it', async () => {
  const other = freshId()
  await expect(
    upload(server.direct, other, Buffer.from(`MZ${'\0'.repeat(5000)}`), { retryDelays: null }),
  ).rejects.toThrow(/422/)
})
