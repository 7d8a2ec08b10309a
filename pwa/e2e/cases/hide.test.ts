import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { setSize } from '../pages/screen'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()
const secret = '门口有争吵声'

/** A calendar and nothing else: on the screen, in the page, in the title, the icon and the address. */
async function neutral(page: Page) {
  await page.getByRole('button', { name: /^\d+$/ }).first().waitFor()
  const all = await page.evaluate(
    () =>
      document.documentElement.outerHTML +
      [...document.querySelectorAll('input, textarea')].map((one) => (one as HTMLInputElement).value).join(),
  )
  for (const word of [secret, '王某某', '记走访', '主菜单', '条未送达']) expect(all).not.toContain(word)
  expect(await page.title()).toBe('日历')
  expect(await page.locator('link[rel=icon]').getAttribute('href')).toBe('/calendar.svg')
  expect(new URL(page.url()).pathname).toBe('/calendar')
}

async function comeBack(page: Page) {
  const today = page.locator('[aria-current=date]')
  for (let i = 0; i < 3; i++) await today.click()
  await page.getByRole('navigation', { name: '主菜单' }).waitFor()
}

story(
  'one tap hides everything, offline and with large text; the draft is kept, and nothing leads back but her gesture',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    const { page } = phone
    await phone.installed()
    await phone.offline(true)
    await setSize(page, 'large')
    await page.reload()
    await her.visit('王某某', '走访慰问')
    await her.openEntry('王某某')
    await her.start('记走访')
    await her.toHousehold('王某某')
    await page.getByTestId('more').click()
    await her.fill('text', secret)

    // In the middle of a word, before the draft has saved itself.
    await page.getByTestId('hide').click()
    await neutral(page)
    await phone.shot('hidden')
    for (let i = 0; i < 4; i++) {
      await page.goBack({ timeout: 2000 }).catch(() => null)
      await neutral(page)
    }
    await page.reload()
    await neutral(page)
    await phone.close()
    await phone.open()
    await neutral(phone.page)
    await phone.goto('/entries')
    await neutral(phone.page)
    // What anybody would try with a calendar leads nowhere.
    await phone.page.getByRole('button', { name: '下个月' }).click()
    await phone.page.getByRole('button', { name: '上个月' }).click()
    await phone.page.locator('[aria-current=date]').click()
    const other = new Date().getDate() > 14 ? '3' : '25'
    for (let i = 0; i < 3; i++) await phone.page.getByRole('button', { name: other, exact: true }).click()
    await phone.page.keyboard.press('Escape')
    await neutral(phone.page)

    await comeBack(phone.page)
    expect(await phone.page.title()).toBe('娘家')
    const again = new Volunteer(phone.page)
    await phone.page.getByText('没写完的').waitFor()
    await phone.page.locator('main a[href^="/draft/"]').click()
    await expect.poll(() => again.field('text').locator('textarea').inputValue()).toBe(secret)
  },
)

story(
  'on a desk, Escape twice hides all tabs, in a dialog too; by keyboard she comes back',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const her = new Volunteer(desk.page)
    await her.login('cun1b')
    await her.waiting(0)
    const other = await desk.tab('/entries')
    await other.getByRole('searchbox', { name: '查找记录' }).waitFor()
    await desk.page.bringToFront()
    await her.start('记走访')
    await desk.page.getByTestId('pick-household').click()
    await desk.page.getByRole('dialog').waitFor()
    await desk.page.keyboard.press('Escape')
    await desk.page.keyboard.press('Escape')
    await neutral(desk.page)
    await neutral(other)
    await desk.page.locator('[aria-current=date]').focus()
    for (let i = 0; i < 3; i++) await desk.page.keyboard.press('Enter')
    await desk.page.getByRole('navigation', { name: '主菜单' }).waitFor()
    await other.getByRole('navigation', { name: '主菜单' }).waitFor()
  },
)
