import type { Page } from 'playwright-core'

/**
 * Fills the phone's own database with a large village: `households` more households and `entries` more entries like
 * the visit to `model` that is there, written as the exchange would have written them. Names are invented from short lists.
 */
export async function fillPhone(
  page: Page,
  account: string,
  model: string,
  households: number,
  entries: number,
): Promise<void> {
  await page.evaluate(
    async ({ account, model, households, entries }) => {
      const open = indexedDB.open(`niangjia-${account}`)
      const db = await new Promise<IDBDatabase>((done, fail) => {
        open.onsuccess = () => done(open.result)
        open.onerror = () => fail(open.error)
      })
      interface Row {
        seq: number
        type: string
        entity: string
        state: string
        content?: Record<string, unknown>
        created_at: number
      }
      const read = db.transaction('rows').objectStore('rows').getAll()
      const rows = await new Promise<Row[]>((done) => (read.onsuccess = () => done(read.result)))
      // What she has just recorded: of her own, and not sensitive.
      const household = rows.find((row) => row.type === 'household' && row.content?.head === model)!
      const entry = rows.find((row) => row.type === 'entry' && row.content?.household === household.entity)!
      const surnames = [...'赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜']
      const given = [...'一二三四五六七八九十甲乙丙丁戊己庚辛壬癸']
      const at = <T>(list: T[], i: number): T => list[i % list.length]!
      const name = (i: number) => at(surnames, i) + at(given, Math.floor(i / 32)) + at(given, Math.floor(i / 640))
      const id = (kind: number, i: number) => `${kind}${i.toString(16)}`.padStart(32, 'f')
      const day = (i: number) => new Date(Date.UTC(2026, 0, 1 + (i % 300))).toISOString().slice(0, 10)
      const write = db.transaction('rows', 'readwrite')
      const store = write.objectStore('rows')
      let seq = Math.max(...rows.map((row) => row.seq))
      for (let i = 0; i < households; i++) {
        const content = { ...household.content, head: name(i) }
        store.put({ ...household, entity: id(1, i), seq: ++seq, content })
      }
      for (let i = 0; i < entries; i++) {
        const content = { ...entry.content, household: id(1, i % households), occurred_on: day(i) }
        store.put({
          ...entry,
          entity: id(2, i),
          seq: ++seq,
          state: 'approved',
          content,
          created_at: entry.created_at - i * 60_000,
        })
      }
      await new Promise((done, fail) => {
        write.oncomplete = done
        write.onerror = () => fail(write.error)
      })
      db.close()
    },
    { account, model, households, entries },
  )
}

/**
 * Puts so many more visits at the end of the phone's log, each like the last change that lies there, as if they had been
 * recorded without signal. The app is to be opened anew afterwards.
 */
export async function queueOnPhone(page: Page, account: string, many: number): Promise<void> {
  await page.evaluate(
    async ({ account, many }) => {
      const open = indexedDB.open(`niangjia-${account}`)
      const db = await new Promise<IDBDatabase>((done, fail) => {
        open.onsuccess = () => done(open.result)
        open.onerror = () => fail(open.error)
      })
      const got = <T>(request: IDBRequest<T>) =>
        new Promise<T>((done) => (request.onsuccess = () => done(request.result)))
      const log = (await got(db.transaction('meta').objectStore('meta').get('log'))).value
      const last = await got(db.transaction('outbox').objectStore('outbox').get(log.tail.n))
      const model = JSON.parse(last.line)
      const rows = []
      let { n, hash } = log.tail
      for (let i = 0; i < many; i++) {
        const entity = crypto.getRandomValues(new Uint8Array(16))
        const hex = (bytes: Uint8Array) => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('')
        const change = { ...model, n: ++n, prev: hash, entity: hex(entity), at: model.at + i }
        const line = JSON.stringify(change)
        hash = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(line))))
        rows.push({ n, epoch: log.epoch, entity: change.entity, line, hash })
      }
      const write = db.transaction(['outbox', 'meta'], 'readwrite')
      for (const row of rows) write.objectStore('outbox').put(row)
      write.objectStore('meta').put({ key: 'log', value: { ...log, tail: { n, hash } } })
      await new Promise((done, fail) => {
        write.oncomplete = done
        write.onerror = () => fail(write.error)
      })
      db.close()
    },
    { account, many },
  )
}
