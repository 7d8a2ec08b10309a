import { expect } from 'vitest'
import { CUN1 } from '../server'
import { served, story } from '../story'

const server = served()

/** What failing storage does to a phone: one row is lost, another is not what it was. And a day goes by. */
async function damage(account: string): Promise<void> {
  const db = await new Promise<IDBDatabase>((open, fail) => {
    const request = indexedDB.open(`niangjia-${account}`)
    request.onsuccess = () => open(request.result)
    request.onerror = () => fail(new Error('no database'))
  })
  const tx = db.transaction(['rows', 'meta'], 'readwrite')
  const [rows, meta] = [tx.objectStore('rows'), tx.objectStore('meta')]
  const all = rows.getAll()
  all.onsuccess = () => {
    const households = (all.result as Record<string, unknown>[]).filter((row) => row.type === 'household')
    const [lost, garbled] = households as { feed: string; entity: string; content: object }[]
    rows.delete([lost!.feed, lost!.entity])
    rows.put({ ...garbled, content: { ...garbled!.content, head: '乱码' } })
    meta.put({ key: 'counted', value: Date.now() - 24 * 60 * 60 * 1000 })
  }
  await new Promise((done) => (tx.oncomplete = done))
  db.close()
}

story(
  'rows that were lost and garbled on the phone come back by themselves, and she is told (P10)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await her.visit('吴一一', '矛盾排查')
    await her.visit('郑二二', '政策宣传')
    await her.visit('赵三三', '政策宣传')
    await her.waiting(0)
    const before = (await her.lines()).map((line) => line.replace(/\s+/g, ' ')).sort()
    expect(before.join()).toContain('赵三三')

    // What waits is not touched by any of it.
    await phone.offline(true)
    await her.visit('孙四四', '政策宣传')
    await phone.page.evaluate(damage, CUN1)
    await phone.page.reload()
    const meanwhile = (await her.lines()).join()
    expect(meanwhile).toContain('乱码')
    await phone.shot('compared-garbled')

    await phone.offline(false)
    await her.waiting(0)
    const after = async () => {
      const lines = (await her.lines()).map((line) => line.replace(/\s+/g, ' '))
      return lines.filter((line) => !line.includes('孙四四')).sort()
    }
    for (let i = 0; i < 60 && (await after()).join() !== before.join(); i++) await phone.page.waitForTimeout(500)
    expect(await after()).toEqual(before)
    expect((await her.lines()).join()).toContain('孙四四')

    await phone.page
      .getByRole('navigation', { name: '主菜单' })
      .getByRole('link', { name: '我的', exact: true })
      .click()
    const card = phone.page.getByTestId('compared')
    await card.getByText('2 条记录和服务器上的不一样，已自动核对修复').waitFor()
    await card.getByText('和服务器上的一样').waitFor()
    await card.scrollIntoViewIfNeeded()
    await phone.shot('compared-mended')

    // She may ask for it herself.
    await card.getByTestId('compare').click()
    await card.getByText('和服务器上的一样').waitFor()
    await phone.page.reload()
    expect(await after()).toEqual(before)
  },
)
