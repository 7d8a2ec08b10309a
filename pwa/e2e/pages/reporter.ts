import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { unharmed } from '../office'
import { Volunteer } from './volunteer'

/** What a clerk does with reports. */
export class Reporter {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  login(account: string): Promise<void> {
    return new Volunteer(this.page).login(account)
  }

  async list(show?: '报告' | '亮点和不足' | '往年填报数'): Promise<void> {
    // A phone's menu has no room for it: there it stands beside the figures.
    const menu = this.page.getByRole('navigation', { name: '主菜单' })
    if ((this.page.viewportSize()?.width ?? 0) > 1000) await menu.getByRole('link', { name: '工作报告' }).click()
    else {
      await menu.getByRole('link', { name: '数据' }).click()
      await this.page.getByTestId('to-reports').click()
    }
    await this.page.getByRole('heading', { level: 1, name: '工作报告' }).waitFor()
    if (show)
      await this.page.getByRole('group', { name: '看哪些' }).getByRole('button', { name: show, exact: true }).click()
  }

  /** A draft from January to this month. */
  async make(): Promise<void> {
    await this.list()
    await this.page.getByTestId('make-report').click()
    await this.page.getByTestId('report').waitFor()
  }

  figure(id: string): Locator {
    return this.page.locator(`.sentence [data-figure="${id}"]`).first()
  }

  async open(id: string): Promise<Locator> {
    await this.figure(id).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByTestId('exact').waitFor()
    return dialog
  }

  async close(): Promise<void> {
    await this.page.getByRole('dialog').getByRole('button', { name: '关闭' }).click()
    await this.page.getByRole('dialog').waitFor({ state: 'hidden' })
  }

  async mode(which: '阅读' | '修改'): Promise<void> {
    await this.page.getByRole('group', { name: '看还是改' }).getByRole('button', { name: which, exact: true }).click()
  }

  async download(what: 'docx' | 'pdf' | 'xlsx'): Promise<Buffer> {
    const [file] = await Promise.all([this.page.waitForEvent('download'), this.page.getByTestId(what).click()])
    const body = readFileSync(await file.path())
    if (what !== 'pdf') unharmed(what, body)
    return body
  }

  /** Has the log replayed, until what has changed is on the page. */
  async restate(): Promise<void> {
    await this.page.getByTestId('restate').click()
    await this.page.getByTestId('as-of').waitFor({ timeout: 60_000 })
  }
}
