import jsQR from 'jsqr'
import type { Locator, Page } from 'playwright-core'
import { Volunteer } from './volunteer'

/** What is handed to a person: the link that her camera reads, and what she can type instead. */
export interface Sheet {
  link: string
  login: string
  digits: string
}

/** What the manager of a township, a county or the city does with people and phones. */
export class Manager {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  login(account: string): Promise<void> {
    return new Volunteer(this.page).login(account)
  }

  async people(): Promise<void> {
    await this.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的', exact: true }).click()
    await this.page.getByTestId('people').click()
    await this.page.getByTestId('unit').first().waitFor()
  }

  /** Opens an account at a unit that the page lists, and reads the sheet that comes of it. */
  async open(unit: string, name: string, role = '志愿者'): Promise<Sheet> {
    await this.page.getByRole('link', { name: `给${unit}新增人员` }).click()
    await this.page.getByLabel('姓名').fill(name)
    await this.page.getByText(role, { exact: true }).click()
    await this.page.getByRole('button', { name: '开账号并发开通码' }).click()
    await this.page.getByRole('heading', { name: '娘家 手机开通单' }).waitFor()
    return this.sheet(name)
  }

  /** Reads a sheet as a camera does: from the dots. */
  async sheet(name: string): Promise<Sheet> {
    const sheet = this.page.getByTestId('sheet').filter({ hasText: name })
    return {
      link: await scan(sheet.locator('svg')),
      login: (await sheet.getByTestId('login').innerText()).trim(),
      digits: (await sheet.getByTestId('digits').innerText()).trim(),
    }
  }

  async done(): Promise<void> {
    await this.page.getByRole('button', { name: '好了' }).click()
  }

  async person(name: string): Promise<void> {
    await this.page.getByRole('link', { name }).first().click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  /** On a person's page: gives her a role at a unit right below. */
  async giveSeat(unit: string, role: string): Promise<void> {
    await this.page.getByRole('button', { name: '增加身份' }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('combobox').last().selectOption({ label: unit })
    await dialog.getByText(role, { exact: true }).click()
    await dialog.getByTestId('seat-add').click()
    await this.page.getByText('已增加').first().waitFor()
  }

  /** Says yes to what is asked. */
  async sure(): Promise<void> {
    await this.page.getByRole('dialog').getByTestId('sure').click()
  }
}

async function scan(code: Locator): Promise<string> {
  await code.waitFor()
  const { data, side } = await code.evaluate(async (svg) => {
    const picture = new Image()
    const copy = svg.cloneNode(true) as SVGElement
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
    copy.setAttribute('width', '400')
    copy.setAttribute('height', '400')
    picture.src = `data:image/svg+xml,${encodeURIComponent(copy.outerHTML)}`
    await picture.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 400
    const context = canvas.getContext('2d')!
    context.drawImage(picture, 0, 0)
    return { data: [...context.getImageData(0, 0, 400, 400).data], side: 400 }
  })
  const read = jsQR(Uint8ClampedArray.from(data), side, side)
  if (!read) throw new Error('the QR code cannot be read')
  return read.data
}
