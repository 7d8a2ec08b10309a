import type { Locator, Page } from 'playwright-core'

/** The inbox, as whoever is in sees it. */
export class InboxOf {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  /** By the bell in the header. */
  async open(): Promise<void> {
    await this.page.getByTestId('inbox').click()
    await this.page.waitForURL('**/inbox')
    await this.page.locator('main h1').waitFor()
  }

  line(words: string): Locator {
    return this.page.locator('main .notice-line').filter({ hasText: words })
  }

  unread(words: string): Locator {
    return this.line(words).filter({ hasText: '未读' })
  }

  /** Until the line is there and has been read, or has not. */
  async stands(words: string, unread: boolean): Promise<void> {
    await (unread ? this.unread(words) : this.line(words).filter({ hasNotText: '未读' })).first().waitFor()
  }
}

/** Records what the app asks the system to show on its icon; to be loaded anew afterwards. */
export async function watchBadge(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shows = (n: number) => {
      localStorage.setItem('test.badge', String(n))
      return Promise.resolve()
    }
    Object.assign(navigator, { setAppBadge: (n: number) => shows(n), clearAppBadge: () => shows(0) })
  })
  await page.reload()
}

export const badgeOf = (page: Page): Promise<number> => page.evaluate(() => Number(localStorage.getItem('test.badge')))
