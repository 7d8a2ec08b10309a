import { expect } from 'vitest'
import { withWindows } from '../phone'
import { CUN1 } from '../server'
import { served, story } from '../story'

withWindows()

const server = served()

/**
 * Makes of the phone's database what the app wrote before it knew the parts of a log (schema 10): no epoch at a line,
 * no index for it, and where the log stands in four values.
 */
async function asEarlierApp(name: string): Promise<number> {
  const wait = <T>(request: IDBRequest<T>) =>
    new Promise<T>((done, fail) => {
      request.onsuccess = () => done(request.result)
      request.onerror = () => fail(request.error)
    })
  const stores = ['outbox', 'rows', 'drafts', 'meta'] as const
  const now = await wait(indexedDB.open(name))
  const all: Record<string, Record<string, unknown>[]> = {}
  for (const store of stores) all[store] = await wait(now.transaction(store).objectStore(store).getAll())
  const packs = (await wait(now.transaction('packs').objectStore('packs').getAll())) as { rows: never[] }[]
  for (const one of packs) all.rows!.push(...one.rows)
  now.close()
  await wait(indexedDB.deleteDatabase(name))
  const request = indexedDB.open(name, 10)
  request.onupgradeneeded = () => {
    const db = request.result
    db.createObjectStore('outbox', { keyPath: 'n' }).createIndex('entity', 'entity')
    const rows = db.createObjectStore('rows', { keyPath: ['feed', 'entity'] })
    for (const key of ['feed', 'entity', 'unit', 'state', 'seq']) rows.createIndex(key, key)
    db.createObjectStore('drafts', { keyPath: 'id' })
    db.createObjectStore('meta', { keyPath: 'key' })
  }
  const old = await wait(request)
  const tx = old.transaction([...stores], 'readwrite')
  for (const { epoch, ...line } of all.outbox!) {
    if (typeof epoch !== 'string') throw new Error('no epoch')
    tx.objectStore('outbox').put(line)
  }
  for (const store of ['rows', 'drafts'] as const) for (const one of all[store]!) tx.objectStore(store).put(one)
  for (const { key, value } of all.meta!) {
    if (key !== 'log') {
      tx.objectStore('meta').put({ key, value })
      continue
    }
    const log = value as Record<string, unknown>
    for (const one of ['epoch', 'tail', 'through', 'serverEpoch'])
      tx.objectStore('meta').put({ key: one, value: log[one] })
  }
  await new Promise((done, fail) => {
    tx.oncomplete = done
    tx.onerror = () => fail(tx.error)
  })
  const { version } = old
  old.close()
  return version
}

const schemaOf = async (name: string) => (await indexedDB.databases()).find((one) => one.name === name)?.version

/** What the notice's button does, where no app is open to show it. */
async function takeUpdate(): Promise<void> {
  const registration = (await navigator.serviceWorker.getRegistration())!
  await registration.update()
  const next = registration.installing ?? registration.waiting!
  const reached = (state: string) =>
    new Promise<void>((done) => {
      const look = () => next.state === state && done()
      next.addEventListener('statechange', look)
      look()
    })
  await reached('installed')
  next.postMessage({ type: 'SKIP_WAITING' })
  await reached('activated')
}

story(
  'updates of the app, one of them with another schema, come while her work waits: all of it is taken over and sent once',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await her.visit('戚一一', '走访慰问')
    await her.waiting(0)
    server.away = true
    await her.visit('谢二二', '政策宣传')
    await her.visit('邹三三', '矛盾排查')
    await her.start('记调解')
    await her.fill('text', '还没有写完')
    await phone.page.waitForURL('**/draft/*')
    await her.page.getByRole('button', { name: '返回' }).click()
    const allHere = async () => {
      await her.waiting(2)
      await phone.page.locator('main a[href^="/draft/"]').waitFor()
      const lines = (await her.lines()).join('\n')
      for (const head of ['戚一一', '谢二二', '邹三三']) expect(lines).toContain(head)
      expect(lines.split('仅在本机')).toHaveLength(3)
      await her.home()
    }

    // She takes the update that is offered.
    server.appVersion = 2
    await phone.page.reload()
    await phone.page.getByText('娘家有更新').waitFor()
    await phone.shot('update-waits')
    const reloaded = phone.page.waitForEvent('load')
    await phone.page.getByRole('button', { name: '现在更新' }).click()
    await reloaded
    await allHere()
    expect(await phone.page.getByText('娘家有更新').count()).toBe(0)

    // Her phone has had the app since before the schema of today.
    await phone.goto('/manifest.webmanifest')
    expect(await phone.page.evaluate(`(${asEarlierApp})('niangjia-${CUN1}')`)).toBe(10)
    server.appVersion = 3
    await phone.page.evaluate(takeUpdate)
    await phone.goto('/')
    await allHere()
    expect(await phone.page.evaluate(`(${schemaOf})('niangjia-${CUN1}')`)).toBe(13)

    server.away = false
    await phone.syncNow()
    await her.waiting(0)
    const lines = await her.lines()
    expect(lines).toHaveLength(3)
    expect(lines.join('\n')).not.toContain('仅在本机')
    const sent = server.exchanges.filter((one) => one.account === CUN1)
    expect(sent.flatMap((one) => one.changes)).toEqual([1, 2, 3, 4, 5, 6]) // a household and a visit each
    expect(new Set(sent.filter((one) => one.changes.length).map((one) => one.epoch)).size).toBe(1)
  },
)
