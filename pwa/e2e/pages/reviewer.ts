import type { Page } from 'playwright-core'
import { Volunteer } from './volunteer'

/** What a township's reviewer does. */
export class Reviewer {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  login(account: string): Promise<void> {
    return new Volunteer(this.page).login(account)
  }

  async queue(): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '审核' }).click()
  }

  async waitingCount(n: number): Promise<void> {
    await this.page.getByRole('heading', { name: `待审 ${n} 条` }).waitFor()
  }

  /** Opens an entry of the queue by words on its line. */
  async openEntry(words: string): Promise<void> {
    await this.page.locator('.queue').getByRole('link', { name: words }).first().click()
    await this.page.locator('article.entry').waitFor()
  }

  /** What stands in the queue, line by line. */
  rows(): Promise<string[]> {
    return this.page.locator('.queue ul.rows > li').allInnerTexts()
  }

  /** What has been decided, line by line. */
  async decided(): Promise<string[]> {
    await this.page.getByRole('button', { name: '处理过的' }).click()
    return this.page.locator('.queue ul.rows > li').allInnerTexts()
  }

  approveButton() {
    return this.page.getByRole('article').getByRole('button', { name: '通过', exact: true })
  }

  /** All ordinary ones in one gesture. */
  async approveAll(n: number): Promise<void> {
    await this.page.getByRole('button', { name: `全部通过 ${n} 条` }).click()
    await this.page.getByText(`已通过 ${n} 条`).waitFor()
  }

  async refuseFor(text: string): Promise<void> {
    await this.page.getByRole('article').getByRole('button', { name: '不通过修订', exact: true }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.locator('textarea').fill(text)
    await dialog.getByRole('button', { name: '不通过修订', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await this.page.getByText('修订没有通过，按原来的内容算').waitFor()
  }

  /** Approves the open entry, until it has left the queue. */
  async approve(): Promise<void> {
    const entry = new URL(this.page.url()).searchParams.get('entry')
    await this.approveButton().click()
    await this.page.locator(`.queue [data-row="${entry}"]`).waitFor({ state: 'detached' })
  }

  async returnFor(text: string, field: string): Promise<void> {
    await this.page.getByRole('article').getByRole('button', { name: '退回', exact: true }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.locator('textarea').fill(text)
    await dialog.getByText(field, { exact: true }).last().click()
    await dialog.getByRole('button', { name: '退回', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await this.page.getByText('已退回').first().waitFor()
  }

  async allSent(): Promise<void> {
    await this.page.getByText('全部已送达').first().waitFor({ timeout: 60_000 })
  }
}
