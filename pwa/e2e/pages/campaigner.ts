import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { Volunteer } from './volunteer'

/** What a manager does with campaigns on the desk. */
export class Campaigner {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  login(account: string): Promise<void> {
    return new Volunteer(this.page).login(account)
  }

  async list(show?: '进行中' | '草稿' | '已结束'): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '活动', exact: true }).click()
    await this.page.getByRole('heading', { name: '专项活动和目标' }).waitFor()
    if (show)
      await this.page.getByRole('group', { name: '看哪些' }).getByRole('button', { name: show, exact: true }).click()
  }

  async begin(title: string): Promise<void> {
    await this.page.getByTestId('new-campaign').click()
    await this.page.getByTestId('title').locator('input').fill(title)
  }

  /** Entries of a form, by the answers to one question. */
  async countForm(form: string, measure: string, question: string, ...answers: string[]): Promise<void> {
    const card = this.page.getByTestId('counts')
    await card.getByText('选一张表格和条件', { exact: true }).click()
    await card.getByTestId('form').selectOption({ label: form })
    await card.getByText(measure, { exact: true }).click()
    await card.getByTestId('add-condition').click()
    await card.getByTestId('condition').selectOption({ label: question })
    for (const answer of answers) await card.getByText(answer, { exact: true }).click()
  }

  async days(which: string, start?: string, deadline?: string): Promise<void> {
    const card = this.page.getByTestId('span')
    await card.getByText(which, { exact: true }).click()
    if (start) await card.getByTestId('start').locator('input').fill(start)
    if (deadline) await card.getByTestId('deadline').locator('input').fill(deadline)
  }

  async targetsFrom(body: Buffer): Promise<void> {
    await this.page.getByTestId('targets-file').setInputFiles({ name: '目标.xlsx', mimeType: '', buffer: body })
  }

  /** What keeps it from being published, some words of it among it. */
  async refused(words: string): Promise<string[]> {
    await this.page.getByTestId('publish').click()
    await this.page.getByTestId('problems').getByText(words).first().waitFor()
    return this.page.getByTestId('problems').locator('li').allInnerTexts()
  }

  /** Publishes it, and gives what the page said that it means. */
  async publish(): Promise<string[]> {
    await this.page.getByTestId('publish').click()
    await this.page.getByTestId('summary').waitFor()
    const said = await this.page.getByTestId('summary').locator('li').allInnerTexts()
    await this.page.getByTestId('publish-sure').click()
    await this.page.getByTestId('progress').waitFor()
    return said
  }

  async open(title: string): Promise<void> {
    await this.list()
    await this.page.getByTestId('campaigns').getByRole('link', { name: title }).click()
    await this.page.getByTestId('progress').waitFor()
  }

  /** The numbers of the unit on the page: approved, waiting, target, missing. */
  async stands(...want: string[]): Promise<void> {
    const read = async () =>
      Promise.all(
        ['approved', 'submitted', 'target', 'gap'].map(
          async (name) =>
            /[\d,.]+|不显示|—/.exec(await this.page.getByTestId('progress').getByTestId(name).innerText())?.[0] ?? '',
        ),
      )
    await expect.poll(read, { timeout: 20_000 }).toEqual(want)
  }

  /** A line of the table of units below: its cells. */
  async row(table: 'below' | 'league', unit: string): Promise<string[]> {
    const row = this.page.getByTestId(table).getByRole('row').filter({ hasText: unit }).first()
    await row.waitFor()
    return (await row.locator('td').allInnerTexts()).map((text) => text.trim())
  }
}
