import { expect } from 'vitest'
import { PASSWORD, type Server } from '../server'
import { freshId } from '../pen'
import type { Phone } from '../phone'

/** What a campaign is, as the city's clerk publishes it. */
export interface Asked {
  title: string
  text?: string
  unit: string
  counts: object
  /** The last day that counts, as days from today. */
  days: number
  targets: { unit: string; n: number }[]
  preset?: object
}

const day = (days: number) => new Date(Date.now() + (8 + 24 * days) * 3_600_000).toISOString().slice(0, 10)

/** Publishes a campaign that began some days ago; gives its id. */
export async function published(server: Server, account: string, { days, ...asked }: Asked): Promise<string> {
  const call = async (method: string, path: string, body: object | undefined, token = '') => {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body ?? {}),
    })
    const said = (await answer.json()) as { access: string; problems?: object[] }
    if (!answer.ok || said.problems?.length) throw new Error(`${path}: ${JSON.stringify(said)}`)
    return said
  }
  const device = { id: freshId(), name: 'clerk' }
  const { access } = await call('POST', '/login', { account, password: PASSWORD, device })
  const id = freshId()
  await call('PUT', `/campaigns/drafts/${id}`, { text: '', ...asked, start: day(-5), deadline: day(days) }, access)
  await call('POST', `/campaigns/drafts/${id}/publish`, undefined, access)
  return id
}

/** Campaigns on a phone. */
export class Countdown {
  readonly phone: Phone
  constructor(phone: Phone) {
    this.phone = phone
  }

  /** The lines of the home page's card say this. */
  async home(title: string, says: string): Promise<void> {
    const { page } = this.phone
    await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '首页', exact: true }).click()
    await page.getByTestId('countdown').getByRole('link').filter({ hasText: title }).getByText(says).waitFor()
  }

  /** From the home page to the campaign's own. */
  async open(title: string): Promise<void> {
    const { page } = this.phone
    await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '首页', exact: true }).click()
    await page.getByTestId('countdown').getByRole('link').filter({ hasText: title }).click()
    await page.getByRole('heading', { name: title }).waitFor()
  }

  /** The numbers of the campaign that is open, by their names, once they are these. */
  async says(numbers: Record<string, string>): Promise<void> {
    const list = this.phone.page.locator('dl.numbers').first()
    const read = async () => {
      const names = await list.locator('dt').allInnerTexts()
      const values = await list.locator('dd').allInnerTexts()
      return Object.fromEntries(names.map((name, i) => [name, values[i]]))
    }
    await expect.poll(read, { timeout: 20_000 }).toEqual(numbers)
  }

  /** Households that nobody has been to. */
  missing(): Promise<string[]> {
    return this.phone.page.getByTestId('missing').locator('li .title').allInnerTexts()
  }
}
