import { expect } from 'vitest'
import { bytesOf } from '../bytes'
import { served, story } from '../story'

const server = served()

/** Over one bar of signal this is what stands between her and the form. */
const most = 70_000

story(
  'the first page of a new phone and of one that is signed in are small',
  () => server,
  async (stage) => {
    const phone = await stage.phone()
    const login = await bytesOf(phone.page, `${server.url}/login`, '#login')
    expect(login.total, login.files.join('\n')).toBeLessThanOrEqual(most)
    // What was counted is the page, and it came compressed.
    expect(login.total).toBeGreaterThan(30_000)
    const { phone: hers, her } = await stage.volunteer()
    // What she has sent is kept in her phone's log for a month; the first page does without what was needed to send it.
    await her.visit('甲一一', '走访慰问')
    await her.waiting(0)
    const home = await bytesOf(hers.page, `${server.url}/`, 'a[data-form]')
    expect(home.total, home.files.join('\n')).toBeLessThanOrEqual(most)
    expect(home.total).toBeGreaterThan(30_000)
  },
)
