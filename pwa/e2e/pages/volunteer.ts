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
  }

  async home(): Promise<void> {
    await this.page.getByRole('link', { name: '首页' }).click()
  }

  async start(action: string): Promise<void> {
    await this.home()
    await this.page.getByRole('link', { name: action }).first().click()
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
    for (const choice of choices) await this.page.getByText(choice, { exact: true }).first().click()
  }

  field(key: string) {
    return this.page.locator(`[data-field="field-${key}"]`)
  }

  async fill(key: string, value: string): Promise<void> {
    await this.field(key).locator('input, textarea').first().fill(value)
  }

  /** Saves, and waits until the screen says so. */
  async save(): Promise<void> {
    await this.page.getByTestId('save').click()
    await this.page.getByText('已保存').first().waitFor()
  }

  /** Until the header says how many are waiting (0: all are there). */
  async waiting(n: number): Promise<void> {
    await this.page.getByText(n ? `${n} 条未送达` : '全部已送达').first().waitFor({ timeout: 60_000 })
  }

  async openEntry(text: string): Promise<void> {
    await this.page.getByRole('link', { name: '我的记录' }).click()
    await this.page.locator('main').getByText(text).first().click()
  }
}
