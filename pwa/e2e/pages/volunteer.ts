import type { Page } from 'playwright-core'
import { PASSWORD } from '../server'

/** What a volunteer does, in the words that are on her screen. */
export class Volunteer {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  async login(account: string): Promise<void> {
    await this.page.getByLabel('账号').fill(account)
    await this.page.getByLabel('密码', { exact: true }).fill(PASSWORD)
    await this.page.getByRole('button', { name: '登录' }).click()
    await this.page.getByRole('navigation', { name: '主菜单' }).waitFor()
    // Who records has forms once the first exchange is over.
    if (new URL(this.page.url()).pathname === '/') await this.page.locator('a[data-form]').first().waitFor()
  }

  async home(): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '首页', exact: true }).click()
  }

  async start(action: string): Promise<void> {
    await this.home()
    await this.page.locator('a[data-form]').first().waitFor()
    // Three forms have a large button; every other is one tap further.
    const large = this.page.locator('a[data-form]').filter({ hasText: action })
    if (!(await large.count())) await this.page.getByRole('link', { name: '更多表格' }).click()
    await this.page.getByRole('link', { name: action, exact: true }).first().click()
    await this.page.getByRole('heading', { name: action }).waitFor()
  }

  async newHousehold(head: string): Promise<void> {
    await this.page.getByTestId('pick-household').click()
    await this.page.getByPlaceholder('输入姓名或拼音首字母').fill(head)
    await this.page.getByTestId('new-household').click()
    await this.page.getByRole('dialog').getByLabel('户主姓名').fill(head)
    await this.page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
    await this.page.getByRole('dialog').waitFor({ state: 'hidden' })
  }

  async pickHousehold(typed: string, head: string): Promise<void> {
    await this.page.getByTestId('pick-household').click()
    await this.page.getByPlaceholder('输入姓名或拼音首字母').fill(typed)
    await this.page.getByRole('dialog').getByRole('button', { name: head }).first().click()
  }

  async tick(...choices: string[]): Promise<void> {
    for (const choice of choices) await this.page.locator('main').getByText(choice, { exact: true }).first().click()
  }

  field(key: string) {
    return this.page.locator(`[data-field="field-${key}"]`)
  }

  async fill(key: string, value: string): Promise<void> {
    await this.field(key).locator('input, textarea').first().fill(value)
  }

  /** A visit from the home page to its end, to a household that is there or to a new one. */
  async visit(head: string, ...purposes: string[]): Promise<void> {
    await this.start('记走访')
    await this.toHousehold(head)
    // Those last used today are ticked already: exactly these are wanted.
    const ticked = await this.field('purposes').locator('label:has(:checked)').allInnerTexts()
    for (const other of ticked.filter((one) => !purposes.includes(one))) await this.tick(other)
    for (const purpose of purposes.filter((one) => !ticked.includes(one))) await this.tick(purpose)
    await this.save()
  }

  /** Aid in cash from the home page to its end. */
  async aid(head: string, yuan: string): Promise<void> {
    await this.start('记救助')
    await this.toHousehold(head)
    await this.tick('临时救助', '困境妇女', '财政')
    await this.fill('cash', yuan)
    await this.save()
  }

  /** Picks the household by its name, or makes it where there is none. */
  async toHousehold(head: string): Promise<void> {
    await this.page.getByTestId('pick-household').click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('searchbox').fill(head)
    const known = dialog.locator('li').getByText(head, { exact: true })
    if (await known.count()) {
      await known.first().click()
    } else {
      await dialog.getByTestId('new-household').click()
      await dialog.getByLabel('户主姓名').fill(head)
      await dialog.getByRole('button', { name: '保存' }).click()
    }
    await dialog.waitFor({ state: 'hidden' })
  }

  /** Saves, and waits until the screen says so. */
  async save(): Promise<void> {
    await this.page.getByTestId('save').click()
    await this.page.getByText('已保存').first().waitFor()
  }

  /** Until the header says how many are waiting (0: all are there). */
  async waiting(n: number): Promise<void> {
    await this.page
      .getByText(n ? `${n} 条未送达` : '全部已送达')
      .first()
      .waitFor({ timeout: 60_000 })
  }

  async entries(): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的记录' }).click()
    await this.page.getByRole('searchbox', { name: '查找记录' }).waitFor()
  }

  /** Lines of 我的记录, each as the words that stand on it. */
  async lines(): Promise<string[]> {
    await this.entries()
    return this.page.locator('main ul.plain-list > li').allInnerTexts()
  }

  /** Opens an entry by words on its line; `searched` also finds those of colleagues. */
  async openEntry(text: string, searched?: string): Promise<void> {
    await this.entries()
    if (searched) await this.page.getByRole('searchbox', { name: '查找记录' }).fill(searched)
    await this.page.locator('main li').getByText(text).first().click()
    await this.page.locator('main h1').waitFor()
  }

  /** From an entry's page into its form. */
  async edit(): Promise<void> {
    await this.page.getByRole('link', { name: /^(修改|改正后再提交)$/ }).click()
    await this.page.getByTestId('save').waitFor()
  }

  /** Leaves the account; `unsent` says that the phone warns of what has not been sent. */
  async logout(unsent = false): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的', exact: true }).click()
    // By the keyboard: the offer to undo the last save may still lie over the foot of the page.
    await this.page.getByRole('button', { name: '退出登录' }).press('Enter')
    const dialog = this.page.getByRole('dialog')
    if (unsent) await dialog.getByText('没有送达').waitFor()
    await dialog.getByTestId('logout').click()
    await this.page.getByLabel('账号').waitFor()
  }

  /** Records a visit that saw signs of violence: urgent, and sensitive. Its id. */
  async sawViolence(): Promise<string> {
    await this.start('记走访')
    await this.toHousehold('王某某')
    await this.field('purposes').getByText('走访慰问', { exact: true }).click()
    await this.page.getByTestId('more').click()
    await this.tick('家暴')
    await this.save()
    await this.page.waitForURL('**/saved/*')
    return new URL(this.page.url()).pathname.split('/').pop()!
  }
}
