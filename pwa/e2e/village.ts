import { createHash, randomBytes } from 'node:crypto'
import { PASSWORD, VILLAGE, type Server } from './server'

const id = () => randomBytes(16).toString('hex')

async function post(server: Server, path: string, body: string, type: string, token = ''): Promise<unknown> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    body,
    headers: { 'Content-Type': type, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

/**
 * Sends a large village to the server from a device of its own: households and visits to them, by the volunteer of
 * the tests. It returns when the server has a file of the village's feed for phones that have nothing of it.
 */
export async function fillVillage(server: Server, households: number, visits: number): Promise<void> {
  const login = { account: 'cun1', password: PASSWORD, device: { id: id(), name: '大村' } }
  const { access } = (await post(server, '/api/v1/login', JSON.stringify(login), 'application/json')) as {
    access: string
  }
  const epoch = id()
  const homes = Array.from({ length: households }, id)
  let [n, prev] = [0, '']
  const line = (change: object) => {
    const text = JSON.stringify({ epoch, n: ++n, prev, ...change, at: Date.now(), seen: 0 })
    prev = createHash('sha256').update(text).digest('hex')
    return text
  }
  const surnames = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜'
  const given = '一二三四五六七八九十甲乙丙丁戊己庚辛壬癸'
  const name = (i: number) => surnames[i % 32]! + given[Math.floor(i / 32) % 20]! + given[Math.floor(i / 640) % 20]!
  const day = (i: number) => new Date(Date.now() - (i % 300) * 86_400_000).toISOString().slice(0, 10)
  const lines = function* () {
    for (const [i, entity] of homes.entries())
      yield line({ type: 'household', entity, kind: 'create', unit: VILLAGE, fields: { head: name(i) } })
    for (let i = 0; i < visits; i++) {
      const fields = { household: homes[i % households], purposes: ['policy'], met: 'met', occurred_on: day(i) }
      const form = { form: 'home_visit', form_version: 1, event: 'submit' }
      yield line({ type: 'entry', entity: id(), kind: 'create', unit: VILLAGE, ...form, fields })
    }
  }
  const send = async (from: number, batch: string[], more: object = {}) => {
    const head = { protocol: 1, epoch, from, server_epoch: '', cursors: {}, ...more }
    const body = [JSON.stringify(head), ...batch].join('\n')
    return (await post(server, '/api/v1/sync', body, 'application/x-ndjson', access)) as {
      push: { through: number; outcomes: { outcome: string; code?: string }[] }
      pull: { snapshots?: { rows: number }[] }
    }
  }
  let batch: string[] = []
  const flush = async () => {
    const { push } = await send(n - batch.length + 1, batch)
    const bad = push.outcomes.find((one) => one.outcome !== 'applied')
    if (bad) throw new Error(JSON.stringify(bad))
    batch = []
  }
  for (const one of lines()) if (batch.push(one) === 1000) await flush()
  if (batch.length) await flush()
  for (let i = 0; i < 300; i++) {
    const { pull } = await send(n + 1, [], { snapshots: true })
    if ((pull.snapshots?.[0]?.rows ?? 0) >= households + visits) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('the server makes no file of the village')
}

/** How many rows of the village's feed lie on a phone. */
export function rowsOnPhone(account: string, feed: string): Promise<number> {
  return new Promise((done, fail) => {
    const open = indexedDB.open(`niangjia-${account}`)
    open.onerror = () => fail(open.error)
    open.onsuccess = () => {
      // A row lies by itself or in a pack.
      const range = IDBKeyRange.bound([feed], [feed, []])
      const stored = open.result.transaction(['rows', 'packs'])
      const count = stored.objectStore('rows').count(range)
      const packs = stored.objectStore('packs').getAll(range) as IDBRequest<{ rows: unknown[] }[]>
      stored.oncomplete = () => {
        open.result.close()
        done(packs.result.reduce((sum, one) => sum + one.rows.length, count.result))
      }
    }
  })
}

/** How many packs are not laid out yet. */
export function packsOnPhone(account: string): Promise<number> {
  return new Promise((done, fail) => {
    const open = indexedDB.open(`niangjia-${account}`)
    open.onerror = () => fail(open.error)
    open.onsuccess = () => {
      const count = open.result.transaction('packs').objectStore('packs').count()
      count.onsuccess = () => {
        open.result.close()
        done(count.result)
      }
    }
  })
}
