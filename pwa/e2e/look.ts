import { expect, test } from 'vitest'
import { faultsOf, show, views, type Size, type View } from './pages/screen'
import { DESK, PHONE, type Phone } from './phone'
import { notAt, shown } from './routes'
import type { Stage } from './story'

/** A screen: its name, its address, and what is done there before it is looked at. */
export interface Screen {
  name: string
  path: string
  act?: (phone: Phone) => Promise<void>
  /** It is offered only where there is room. */
  desk?: boolean
  /** So many cells alike, as another screen has them too, that their layout alone is looked at. */
  alike?: boolean
}

const narrow = views.filter((view) => view.width < 1000)
const wide = views.filter((view) => view.width >= 1000)

const been = new Set<string>()

/** At the end of a file: every address that is its own was looked at. */
export function allShown(file: keyof typeof shown): void {
  test('every address that this file answers for was looked at', () => {
    expect(notAt(shown[file], been)).toEqual([])
  })
}

/** Shows each screen in every view, and says of all of them together what is wrong. */
export async function look(phone: Phone, role: string, screens: Screen[]) {
  const faults: string[] = []
  for (const screen of screens) {
    // What was opened by hand on a phone is not open where the page has room: it is opened there anew.
    for (const group of screen.desk ? [wide] : screen.act ? [narrow, wide] : [views]) {
      await show(phone.page, group[0]!)
      await phone.goto(screen.path)
      await phone.page.locator('main .page').first().waitFor()
      await settle(phone)
      await screen.act?.(phone)
      been.add(new URL(phone.page.url()).pathname)
      for (const view of group) {
        await show(phone.page, view)
        const name = `${role}-${screen.name}-${view.width}-${view.zoom ?? view.size}`
        await phone.shot(name)
        const layoutOnly = view.layoutOnly || screen.alike
        for (const fault of await faultsOf(phone.page, { ...view, layoutOnly })) faults.push(`${name}: ${fault}`)
      }
    }
  }
  expect(faults.join('\n')).toBe('')
}

/** What a story has brought to the screen, in several sizes of text: nothing is wrong with it. `also`: in the other width too. */
export async function sound(phone: Phone, name: string, sizes: readonly Size[] = ['normal', 'large'], also = false) {
  const own = phone.page.viewportSize()!
  const other = own.width < 1000 ? DESK : PHONE
  const all: View[] = sizes.map((size) => ({ ...own, size }))
  if (also) all.push({ ...other, size: 'normal' }, { ...other, size: 'large' })
  const faults: string[] = []
  for (const view of all) {
    await show(phone.page, view)
    const shot = `${name}-${view.width}-${view.size}`
    await phone.shot(shot)
    for (const fault of await faultsOf(phone.page, view)) faults.push(`${shot}: ${fault}`)
  }
  await show(phone.page, { ...own, size: 'normal' })
  expect(faults.join('\n')).toBe('')
}

/** Until nothing is being sent or fetched any more. */
async function settle(phone: Phone) {
  await phone.page.waitForFunction(() => !document.body.innerText.includes('正在'))
}

export async function enter(stage: Stage, account: string): Promise<Phone> {
  const { phone } = await stage.volunteer(account)
  await settle(phone)
  return phone
}

/** The address of the first link on a page. */
export async function first(phone: Phone, path: string, link: string): Promise<string> {
  await phone.goto(path)
  return (await phone.page.locator(link).first().getAttribute('href'))!
}

export const tap = (name: string) => async (phone: Phone) => {
  await phone.page.getByRole('button', { name }).first().click()
  await phone.page.getByRole('dialog').waitFor()
}
/** The page of figures, looked at in one of its ways. */
export const seen = (view: string) => async (phone: Phone) => {
  await phone.page.getByRole('group', { name: '怎么看' }).getByRole('button', { name: view, exact: true }).click()
}
export const figures: Screen[] = [
  { name: 'totals', path: '/totals', act: seen('分项') },
  {
    name: 'totals-charts',
    path: '/totals',
    act: async (phone) => {
      await seen('图')(phone)
      await phone.page.getByRole('img', { name: /折线图/ }).waitFor()
    },
  },
]
export const table: Screen[] = [
  { name: 'totals-table', path: '/totals', desk: true, act: seen('表格') },
  {
    name: 'totals-table-picks',
    desk: true,
    path: '/totals',
    act: async (phone) => {
      await seen('表格')(phone)
      await phone.page.getByText('挑选指标').click()
    },
  },
  {
    name: 'totals-table-all',
    desk: true,
    alike: true,
    path: '/totals',
    act: async (phone) => {
      await seen('表格')(phone)
      await phone.page.getByLabel('看哪一类').selectOption({ label: '全部' })
    },
  },
]
export const account: Screen = { name: 'account', path: '/account' }
export const sent: Screen = { name: 'sent', path: '/sent' }
