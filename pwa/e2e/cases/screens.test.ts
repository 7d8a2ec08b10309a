import { expect } from 'vitest'
import { faultsOf, show, views } from '../pages/screen'
import { PHONE, type Phone } from '../phone'
import { served, story, type Stage } from '../story'

const server = served({ entries: 150 })

/** A screen: its name, its address, and what is done there before it is looked at. */
interface Screen {
  name: string
  path: string
  act?: (phone: Phone) => Promise<void>
  /** It is offered only where there is room. */
  desk?: boolean
}

const narrow = views.filter((view) => view.width < 1000)
const wide = views.filter((view) => view.width >= 1000)

/** Shows each screen in every view, and says of all of them together what is wrong. */
async function look(phone: Phone, role: string, screens: Screen[]) {
  const faults: string[] = []
  for (const screen of screens) {
    // What was opened by hand on a phone is not open where the page has room: it is opened there anew.
    for (const group of screen.desk ? [wide] : screen.act ? [narrow, wide] : [views]) {
      await show(phone.page, group[0]!)
      await phone.goto(screen.path)
      await phone.page.locator('main .page').first().waitFor()
      await settle(phone)
      await screen.act?.(phone)
      for (const view of group) {
        await show(phone.page, view)
        const name = `${role}-${screen.name}-${view.width}-${view.zoom ?? view.size}`
        await phone.shot(name)
        for (const fault of await faultsOf(phone.page, view)) faults.push(`${name}: ${fault}`)
      }
    }
  }
  expect(faults.join('\n')).toBe('')
}

/** Until nothing is being sent or fetched any more. */
async function settle(phone: Phone) {
  await phone.page.waitForFunction(() => !document.body.innerText.includes('正在'))
}

async function enter(stage: Stage, account: string): Promise<Phone> {
  const { phone } = await stage.volunteer(account)
  await settle(phone)
  return phone
}

/** The address of the first link on a page. */
async function first(phone: Phone, path: string, link: string): Promise<string> {
  await phone.goto(path)
  return (await phone.page.locator(link).first().getAttribute('href'))!
}

const tap = (name: string) => async (phone: Phone) => {
  await phone.page.getByRole('button', { name }).first().click()
  await phone.page.getByRole('dialog').waitFor()
}
/** The page of figures, looked at in one of its ways. */
const seen = (view: string) => async (phone: Phone) => {
  await phone.page.getByRole('group', { name: '怎么看' }).getByRole('button', { name: view, exact: true }).click()
}
const figures: Screen[] = [
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
const table: Screen[] = [
  { name: 'totals-table', path: '/totals', desk: true, act: seen('表格') },
  {
    name: 'totals-table-all',
    desk: true,
    path: '/totals',
    act: async (phone) => {
      await seen('表格')(phone)
      await phone.page.getByLabel('看哪一类').selectOption({ label: '全部' })
      await phone.page.getByText('挑选指标').click()
    },
  },
]
const account: Screen = { name: 'account', path: '/account' }
const sent: Screen = { name: 'sent', path: '/sent' }

story(
  'screens before anybody is in, and inside WeChat',
  () => server,
  async (stage) => {
    const phone = await stage.phone()
    await look(phone, 'nobody', [
      { name: 'login', path: '/login' },
      { name: 'enrol', path: '/enrol' },
      {
        name: 'enrol-wrong',
        path: '/enrol#abcdefghijklmnopqrstuv',
        act: async (phone) => {
          await phone.page.getByText('开通码不对').waitFor()
        },
      },
    ])
    const agent = 'Mozilla/5.0 (Linux; Android 12; V2055A) Chrome/107.0 Mobile MicroMessenger/8.0.35 WeChat/arm64'
    const wechat = await stage.phone(PHONE, agent)
    for (const path of ['/', '/login?code=123456', '/record/home_visit']) {
      await wechat.goto(path)
      await wechat.page.getByRole('heading', { name: '请用浏览器打开' }).waitFor()
      // The address stays what it was: opened in a browser it leads to the same place.
      await wechat.page.getByText(server.url + path, { exact: true }).waitFor()
      expect(await wechat.page.locator('input, a[href], nav').count()).toBe(0)
    }
    await look(wechat, 'wechat', [{ name: 'outside', path: '/' }])
  },
)

story(
  'every screen of a volunteer, standard and large',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.offline(true)
    await her.start('记走访')
    await her.toHousehold('王某某')
    await her.field('purposes').getByText('走访慰问', { exact: true }).click()
    await phone.page.getByTestId('more').click()
    await her.tick('家暴')
    await her.save()
    await phone.page.waitForURL('**/saved/*')
    const urgent = new URL(phone.page.url()).pathname.split('/').pop()!
    await her.start('记调解')
    await her.fill('text', '还没有写完')
    await phone.page.waitForURL('**/draft/*')
    const draft = new URL(phone.page.url()).pathname
    await phone.page.getByRole('button', { name: '返回' }).click()
    await phone.page.locator('a[data-form]').first().waitFor()
    const returned = phone.page.locator('main a[href^="/edit/"]').first()
    await phone.shot('volunteer-home-waiting-phone-normal')
    const edit = (await returned.count()) ? await returned.getAttribute('href') : `/edit/${urgent}`
    await phone.offline(false)
    await her.waiting(0)
    const household = await first(phone, '/households', 'main a[href^="/households/"]')
    await look(phone, 'volunteer', [
      { name: 'home', path: '/' },
      { name: 'visit', path: '/record/home_visit' },
      {
        name: 'visit-more',
        path: '/record/home_visit',
        act: async (phone) => {
          await phone.page.getByTestId('more').click()
          await phone.page.locator('[data-field="field-signs"]').getByText('家暴', { exact: true }).click()
        },
      },
      {
        name: 'visit-faults',
        path: '/record/dispute_mediation',
        act: async (phone) => {
          await phone.page.getByTestId('save').click()
          await phone.page.getByText('这里要填').first().waitFor()
        },
      },
      {
        name: 'household-picker',
        path: '/record/home_visit',
        act: async (phone) => {
          await phone.page.getByTestId('pick-household').click()
          await phone.page.getByRole('dialog').waitFor()
        },
      },
      { name: 'mediation', path: '/record/dispute_mediation' },
      { name: 'aid', path: '/record/aid_distribution' },
      { name: 'draft', path: draft },
      { name: 'edit', path: edit! },
      { name: 'saved', path: `/saved/${urgent}` },
      { name: 'entries', path: '/entries' },
      { name: 'entry', path: `/entries/${urgent}` },
      { name: 'households', path: '/households' },
      { name: 'household-table', path: '/households/table' },
      { name: 'household', path: household },
      { name: 'household-new', path: '/register/household' },
      { name: 'person-new', path: '/register/person' },
      account,
      sent,
      { name: 'logout', path: '/account', act: tap('退出登录') },
      { name: 'install', path: '/install' },
    ])

    // What can be undone is offered without covering a button, until it goes by itself.
    for (const view of views.filter((one) => one.size !== 'normal')) {
      await show(phone.page, view)
      await her.visit('王某某', '走访慰问')
      await phone.page.getByRole('button', { name: '撤销' }).waitFor()
      await phone.shot(`volunteer-undo-${view.width}-${view.size}`)
      expect((await faultsOf(phone.page, view)).join('\n')).toBe('')
    }
    await phone.page.getByTestId('hide').click()
    await look(phone, 'volunteer', [{ name: 'hidden', path: '/' }])
  },
)

story(
  'every screen of a reviewer, standard and large',
  () => server,
  async (stage) => {
    const phone = await enter(stage, 'zhen1')
    const entry = await first(phone, '/review', '.queue ul.rows a')
    const history = entry.replace('/review?entry=', '/entry/')
    const figure = await first(phone, '/totals', '.figure a, li.line a')
    const screens: Screen[] = [
      { name: 'review', path: '/review' },
      {
        name: 'review-done',
        path: '/review',
        act: async (phone) => {
          await phone.page.getByRole('button', { name: '处理过的' }).click()
        },
      },
      { name: 'review-entry', path: entry },
      { name: 'return', path: entry, act: tap('退回') },
      ...figures,
      {
        name: 'totals-open',
        path: '/totals',
        act: async (phone) => {
          await seen('分项')(phone)
          await phone.page.locator('li.line button').first().click()
        },
      },
      { name: 'totals-entries', path: figure },
      { name: 'entry', path: history },
    ]
    const stuck: Screen = {
      name: 'stuck',
      path: '/stuck',
      act: async (phone) => {
        await phone.page.getByLabel('收条', { exact: true }).fill('57')
        await phone.page.getByTestId('look-up').click()
        await phone.page.getByText('收条有三段').waitFor()
      },
    }
    await look(phone, 'reviewer', [...screens, { name: 'home', path: '/' }, account, sent, stuck])
  },
)

story(
  'every screen of county, city and auditor, standard and large',
  () => server,
  async (stage) => {
    for (const [role, login] of [
      ['county', 'xian1'],
      ['city', 'shi1'],
      ['auditor', 'jiandu'],
    ] as const) {
      const phone = await enter(stage, login)
      const screens: Screen[] = role === 'city' ? [...figures, ...table] : [{ name: 'totals', path: '/totals' }]
      if (role === 'county') screens.push({ name: 'review', path: '/review' })
      if (role === 'auditor') {
        await phone.goto('/account')
        await phone.page.getByTestId('audit').click()
        await phone.page.getByTestId('audit-event').first().waitFor()
        // Accounts and what was done, and nobody's name.
        expect(await phone.page.locator('main').innerText()).not.toContain('演示·')
        screens.push(account, { name: 'audit', path: '/audit' })
      }
      if (role === 'city') {
        const figure = await first(phone, '/totals', '.figure a, li.line a')
        screens.push({ name: 'totals-entries', path: figure })
        screens.push({ name: 'entry', path: await first(phone, figure, 'ul.rows a') })
      }
      await look(phone, role, screens)
    }
  },
)

story(
  'who asks for what is sensitive, and who is told of it',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await her.start('记走访')
    await her.toHousehold('王某某')
    await her.field('purposes').getByText('走访慰问', { exact: true }).click()
    await phone.page.getByTestId('more').click()
    await her.tick('家暴')
    await her.save()
    await phone.page.waitForURL('**/saved/*')
    const entity = new URL(phone.page.url()).pathname.split('/').pop()!
    await phone.goto('/')
    await her.waiting(0)
    const county = await enter(stage, 'xian1')
    const path = `/entry/${entity}`
    const card = county.page.getByTestId('disclose')
    await look(county, 'county', [
      { name: 'disclosure-ask', path },
      {
        name: 'disclosure-ask-faults',
        path,
        act: async () => {
          await card.getByRole('button', { name: '写明理由，查看内容' }).click()
          await card.getByText('请先选一个理由').waitFor()
        },
      },
    ])
    await card.getByText('核实情况', { exact: true }).click()
    await card.locator('textarea').fill('派出所转来')
    await card.getByRole('button', { name: '写明理由，查看内容' }).click()
    await card.waitFor({ state: 'detached' })
    await look(county, 'county', [{ name: 'disclosure-open', path }])
    const told = (text: string) => async (phone: Phone) => {
      await phone.page.getByText(text).first().waitFor()
    }
    await look(phone, 'volunteer', [
      { name: 'disclosure-news', path: '/', act: told('上级看过您这里的 1 条记录') },
      { name: 'disclosure-told', path: `/entries/${entity}`, act: told('核实情况：派出所转来') },
    ])
  },
)

story(
  'every screen of a manager, standard and large, phone and desk',
  () => server,
  async (stage) => {
    const phone = await enter(stage, 'zhen1')
    await phone.goto('/people')
    const person = (await phone.page.getByRole('link', { name: '演示·村甲' }).getAttribute('href'))!
    const press = (name: string | RegExp) => async (phone: Phone) => {
      await phone.page.getByRole('button', { name }).first().click()
      await phone.page.getByRole('dialog').waitFor()
    }
    const screens: Screen[] = [
      {
        name: 'people',
        path: '/people',
        act: async (phone) => {
          await phone.page.getByTestId('unit').first().waitFor()
        },
      },
      {
        name: 'people-without',
        path: '/people',
        act: async (phone) => {
          await phone.page.getByTestId('unit').first().waitFor()
          await phone.page.getByText('没有账号的', { exact: true }).click()
        },
      },
      { name: 'people-new', path: '/people/new' },
      { name: 'people-import', path: '/people/import' },
      { name: 'codes-none', path: '/people/codes' },
      { name: 'person', path: person },
      { name: 'person-hand-over', path: person, act: press(/^把/) },
      { name: 'person-reset', path: person, act: press(/重设$/) },
      { name: 'person-seat', path: person, act: press('增加身份') },
      {
        name: 'codes',
        path: person,
        act: async (phone) => {
          await phone.page.getByTestId('issue').click()
          await phone.page.getByTestId('sure').click()
          await phone.page.getByTestId('sheet').waitFor()
        },
      },
    ]
    await look(phone, 'manager', screens)
  },
)
