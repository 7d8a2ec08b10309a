import type { Page } from 'playwright-core'
import { Volunteer } from './volunteer'

/** What a manager of the city does with its forms. */
export class Designer {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  login(account: string): Promise<void> {
    return new Volunteer(this.page).login(account)
  }

  /** The way there that is on the screen. */
  async forms(): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的', exact: true }).click()
    await this.page.getByTestId('catalogue').click()
    await this.page.getByTestId('stop').first().waitFor()
  }

  async form(name: string): Promise<void> {
    await this.page.locator('main').getByRole('link', { name, exact: true }).click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  /** Opens a question of the form. */
  async field(key: string): Promise<void> {
    await this.page.locator(`[data-field-editor="${key}"] > summary`).click()
  }

  choice(key: string) {
    return this.page.locator(`[data-choice="${key}"]`)
  }

  async addChoice(field: string, words: string): Promise<void> {
    const box = this.page.locator(`[data-field-editor="${field}"]`)
    await box.getByLabel(/^给“.*”加的选项$/).fill(words)
    await box.getByTestId('add-choice').click()
  }

  /** What the phone beside it offers for a question. */
  async previewed(field: string): Promise<string[]> {
    const box = this.page.getByTestId('preview').locator(`[data-field="field-${field}"]`)
    return (await box.locator('label').allInnerTexts()).map((text) => text.trim())
  }

  /** Has it checked; what would change stands on the screen then. */
  async check(): Promise<string[]> {
    await this.page.getByTestId('check').click()
    await this.page.getByTestId('changes').waitFor()
    return this.page.getByTestId('changes').locator('li').allInnerTexts()
  }

  /** Has it checked, where something is wrong. */
  async refused(): Promise<string> {
    await this.page.getByTestId('check').click()
    await this.page.getByTestId('problems').waitFor()
    return this.page.getByTestId('problems').innerText()
  }

  async publish(): Promise<void> {
    await this.page.getByRole('dialog').getByTestId('publish').click()
    await this.page.getByText('已发布', { exact: true }).waitFor()
    await this.page.getByTestId('publish-bar').waitFor({ state: 'detached' })
  }
}
