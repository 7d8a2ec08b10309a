import type { Page } from 'playwright-core'
import { Volunteer } from './volunteer'

/** What the city's clerk does with the figures. */
export class Clerk {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  login(account: string): Promise<void> {
    return new Volunteer(this.page).login(account)
  }

  /** The figures, each on its line, also where there is room for a table. */
  async totals(): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '数据' }).click()
    await this.view('分项')
    await this.page.locator('li.line').first().waitFor()
  }

  async view(name: '表格' | '图' | '分项'): Promise<void> {
    await this.page.getByRole('group', { name: '怎么看' }).getByRole('button', { name, exact: true }).click()
  }

  private line(name: string) {
    return this.page.locator('li.line').filter({ has: this.page.getByRole('button', { name, exact: true }) })
  }

  /** A figure as it stands on the page, without its unit. */
  async figure(name: string): Promise<string> {
    const text = await this.line(name).locator('> :nth-child(2)').innerText()
    return /-?[\d,.]+/.exec(text)?.[0] ?? text
  }

  /** The figures as the server has them now. */
  async fresh(...names: string[]): Promise<string[]> {
    await this.page.reload()
    await this.totals()
    return Promise.all(names.map((name) => this.figure(name)))
  }

  /** The parts of a figure, as its line has them when it is opened. */
  async parts(name: string): Promise<string[]> {
    const line = this.line(name)
    await line.getByRole('button', { name, exact: true }).click()
    return (await line.locator('li.part').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))
  }

  async openFigure(name: string): Promise<string[]> {
    await this.line(name).locator('> .figure a').first().click()
    await this.page.getByRole('heading', { level: 1 }).waitFor()
    await this.page.locator('ul.rows li').first().waitFor()
    return this.page.locator('ul.rows li').allInnerTexts()
  }
}
