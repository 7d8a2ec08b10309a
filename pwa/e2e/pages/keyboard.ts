import type { Locator, Page } from 'playwright-core'

/** A hand on the keyboard that has no mouse. */
export class Keyboard {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  press(key: string): Promise<void> {
    return this.page.keyboard.press(key)
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text)
  }

  /** Goes from element to element until it is on the one that is meant; where it stands must be seen. */
  async to(target: Locator): Promise<void> {
    for (let i = 0; i < 200; i++) {
      await this.press('Tab')
      if (!(await target.first().evaluate((element) => element === document.activeElement))) continue
      const seen = await this.page.evaluate(() => {
        const style = getComputedStyle(document.activeElement!)
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      })
      if (!seen) throw new Error(`the focus on ${target} is not seen`)
      return
    }
    throw new Error(`the keyboard does not come to ${target}`)
  }

  async login(account: string, password: string): Promise<void> {
    await this.to(this.page.getByLabel('账号'))
    await this.type(account)
    await this.to(this.page.getByLabel('密码', { exact: true }))
    await this.type(password)
    await this.press('Enter')
    await this.page.getByRole('navigation', { name: '主菜单' }).waitFor()
  }
}
