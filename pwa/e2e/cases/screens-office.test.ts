import { expect } from 'vitest'
import { account, allShown, enter, figures, first, look, table, type Screen } from '../look'
import { setLanguage } from '../pages/screen'
import { Pen } from '../pen'
import type { Phone } from '../phone'
import { TOWNSHIP, VILLAGE } from '../server'
import { served, story } from '../story'

const server = served({ entries: 150 })

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
        screens.push({ name: 'dashboard', path: '/dashboard' })
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
    const entity = await her.sawViolence()
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
    const message = await (await Pen.of(server, 'zhen1')).message(TOWNSHIP, [VILLAGE], '星期五上午十点在镇上开会。')
    const screens: Screen[] = [
      {
        name: 'messages',
        path: '/messages',
        act: async (phone) => {
          await phone.page.getByText('收到 0 · 已读 0').first().waitFor()
        },
      },
      {
        name: 'message',
        path: `/messages/${message}`,
        act: async (phone) => {
          await phone.page.getByTestId('counts').waitFor()
        },
      },
      {
        name: 'message-new',
        path: '/messages/new',
        act: async (phone) => {
          await phone.page.getByText('挑几个单位', { exact: true }).first().click()
          await phone.page.getByTestId('send').click()
          await phone.page.getByText('请选发给哪些单位').waitFor()
        },
      },
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

story(
  'the page on which the city changes its forms, in both languages',
  () => server,
  async (stage) => {
    const phone = await enter(stage, 'shi1')
    const path = '/catalogue/home_visit'
    const editor = (phone: Phone, field: string) => phone.page.locator(`[data-field-editor="${field}"]`)
    const field = async (phone: Phone) => {
      await editor(phone, 'purposes').locator('> summary').click()
      await phone.page.getByTestId('add-choice').waitFor()
    }
    /** The day of the next visit is hidden, which cannot be: something is due on it. Or it is not, and a choice is added. */
    const changed = (wrong: boolean) => async (phone: Phone) => {
      await field(phone)
      await editor(phone, 'follow_up_on').locator('> summary').click()
      if (await phone.page.getByTestId('publish-bar').count()) {
        await phone.page.getByTestId('publish-bar').getByRole('button').first().click()
        await phone.page.getByTestId('discard').click()
        await phone.page.getByTestId('publish-bar').waitFor({ state: 'detached' })
        await field(phone)
        await editor(phone, 'follow_up_on').locator('> summary').click()
      }
      if (wrong) await editor(phone, 'follow_up_on').getByTestId('hide-field').click()
      await editor(phone, 'purposes').locator('form input').fill('节水宣传')
      await phone.page.getByTestId('add-choice').click()
      await phone.page.getByTestId('check').click()
      await phone.page.getByTestId(wrong ? 'problems' : 'changes').waitFor()
    }
    /** One is shown this once, and those of before stand below. */
    let tokens = 0
    const tokenMade = async (phone: Phone) => {
      await phone.page.getByLabel('给谁用').fill(`省妇联数据平台 ${++tokens}`)
      await phone.page.getByTestId('make').click()
      await phone.page.getByTestId('token').waitFor()
      await phone.page
        .getByTestId('read-token')
        .nth(tokens - 1)
        .waitFor()
    }
    await look(phone, 'city', [
      {
        name: 'forms',
        path: '/catalogue',
        act: async (phone) => {
          await phone.page.getByTestId('stop').first().waitFor()
        },
      },
      { name: 'tokens', path: '/people/tokens', act: tokenMade },
      { name: 'form-problems', path, act: changed(true) },
      { name: 'form-publish', path, act: changed(false) },
    ])
    await setLanguage(phone.page, 'en')
    await look(phone, 'city-en', [{ name: 'form', path, act: field }])
  },
)

story(
  'campaigns: the list, the page on which one is written, one that runs, its telephones, in both languages',
  () => server,
  async (stage) => {
    const phone = await enter(stage, 'xian1')
    const { page } = phone
    await phone.goto('/campaigns')
    // The county runs the demo's 政策宣传进家门; a draft is begun, so that the list has one.
    await page.getByTestId('campaigns').getByText('已通过').first().waitFor()
    const path = (await page.getByRole('link', { name: '政策宣传进家门' }).getAttribute('href'))!
    await page.getByTestId('new-campaign').click()
    await page.getByTestId('title').locator('input').fill('冬季送温暖')
    await page.getByText('已存为草稿').waitFor()
    const draft = new URL(page.url()).pathname + new URL(page.url()).search
    /** Days of no whole months, a question with its answers, targets that are none. */
    const written = async (phone: Phone) => {
      const counts = phone.page.getByTestId('counts')
      await counts.getByText('选一张表格和条件', { exact: true }).click()
      await counts.getByTestId('form').selectOption({ label: '入户走访' })
      await counts.getByTestId('add-condition').click()
      await counts.getByText('政策宣传', { exact: true }).click()
      await phone.page.getByTestId('span').getByText('自己选', { exact: true }).click()
      await phone.page.getByTestId('start').locator('input').fill(`${new Date().getFullYear()}-01-02`)
      await phone.page.getByTestId('deadline').locator('input').fill(`${new Date().getFullYear()}-12-30`)
      await counts.getByTestId('preview').locator('strong').waitFor()
      await phone.page.getByTestId('publish').click()
      await phone.page.getByTestId('problems').waitFor()
    }
    const ranked = async (phone: Phone) => {
      await phone.page.getByTestId('league').getByText('乡镇', { exact: true }).click()
      await phone.page.getByTestId('league').getByRole('table').waitFor()
      await phone.page.getByTestId('changes').waitFor()
    }
    const pressed = (id: string) => async (phone: Phone) => {
      await phone.page.getByTestId(id).click()
      await phone.page.getByRole('dialog').waitFor()
    }
    await look(phone, 'county', [
      { name: 'campaigns', path: '/campaigns' },
      { name: 'campaigns-drafts', path: '/campaigns?show=drafts' },
      { name: 'campaign-new', path: draft, act: written },
      { name: 'campaign', path, act: ranked },
      { name: 'campaign-extend', path, act: pressed('extend') },
      { name: 'campaign-mend', path: `${path}/mend` },
      { name: 'campaign-phones', path: `${path}/phones` },
    ])
    await setLanguage(page, 'en')
    await look(phone, 'county-en', [
      { name: 'campaigns', path: '/campaigns' },
      { name: 'campaign', path },
      { name: 'campaign-new', path: draft },
    ])
  },
)

story(
  'reports: the list with a new one, a draft with a figure open, what has changed since, in both languages',
  () => server,
  async (stage) => {
    const phone = await enter(stage, 'xian1')
    const { page } = phone
    await phone.goto('/reports')
    await page.getByTestId('make-report').click()
    await page.getByTestId('report').waitFor()
    const path = new URL(page.url()).pathname
    await page.goto(`${page.url()}?show=changes`)
    await page.getByTestId('restate').click()
    await page.getByTestId('as-of').waitFor()
    await look(phone, 'county', [
      { name: 'reports', path: '/reports' },
      {
        name: 'report',
        path,
        act: async (phone) => {
          await phone.page.getByTestId('report').waitFor()
        },
      },
      {
        name: 'report-changes',
        path: `${path}?show=changes`,
        act: async (phone) => {
          await phone.page.getByTestId('as-of').waitFor()
        },
      },
    ])
    await setLanguage(page, 'en')
    await look(phone, 'county-en', [
      { name: 'reports', path: '/reports' },
      {
        name: 'report',
        path,
        act: async (phone) => {
          await phone.page.getByTestId('sign').waitFor()
        },
      },
    ])
  },
)

allShown('office')
