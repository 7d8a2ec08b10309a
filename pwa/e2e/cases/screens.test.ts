import { expect } from 'vitest'
import { account, allShown, enter, figures, first, look, seen, sent, tap, type Screen } from '../look'
import { faultsOf, setLanguage, show, views } from '../pages/screen'
import { Pen } from '../pen'
import { Volunteer } from '../pages/volunteer'
import { PHONE, type Phone } from '../phone'
import { TOWNSHIP, VILLAGE } from '../server'
import { served, story } from '../story'

const server = served({ entries: 150 })

/** As the log says it after the server was lost and the phone no longer kept all that it had had (P9). */
const plantLost = (phone: Phone) =>
  phone.page.evaluate(async () => {
    const name = (await indexedDB.databases())
      .map((one) => one.name!)
      .find((one) => /^niangjia-[0-9a-f]{32}$/.test(one))!
    const db = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => done(request.result)
      request.onerror = () => fail(request.error)
    })
    await new Promise((done, fail) => {
      const tx = db.transaction('meta', 'readwrite')
      tx.objectStore('meta').put({ key: 'lost', value: 12 })
      tx.oncomplete = done
      tx.onerror = fail
    })
    db.close()
  })

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
  'the switch of the text size holds wherever it is, and a gap is led to and told',
  () => server,
  async (stage) => {
    const phone = await stage.phone()
    const { page } = phone
    const root = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))
    /** Asked for with `act`, the size is there at once, and still there when the app is opened again. */
    const becomes = async (size: number, act: () => Promise<void>) => {
      await act()
      await expect.poll(root).toBeCloseTo(size, 1)
      await page.reload()
      await page.locator('main .page').first().waitFor()
      expect(await root()).toBeCloseTo(size, 1)
    }
    const press = (name: string) => () => page.getByRole('button', { name, exact: true }).click()
    const usual = await root()
    await becomes(usual * 1.3, press('长辈版'))
    const her = new Volunteer(page)
    await her.login('cun2')
    await becomes(usual, press('标准版'))
    await becomes(usual * 1.3, press('长辈版'))
    await phone.goto('/account')
    const choose = (name: string) => () =>
      page.getByRole('group', { name: '长辈版（大字）' }).getByText(name, { exact: true }).click()
    await becomes(usual * 1.875, choose('特大'))
    await becomes(usual, choose('标准'))

    // What is missing has the focus, and the sentence that says so is tied to it.
    const focused = () =>
      page.evaluate(() => {
        const here = document.activeElement!
        const field = here.closest('[data-field]')
        const told = here.closest('[aria-describedby]')?.getAttribute('aria-describedby')?.split(' ') ?? []
        return {
          field: field?.getAttribute('data-field'),
          first: document.querySelector('.field.bad')?.getAttribute('data-field'),
          invalid: here.getAttribute('aria-invalid'),
          told: told.map((id) => document.getElementById(id)?.innerText ?? '').join(' '),
        }
      })
    await her.start('记调解')
    await page.getByTestId('save').click()
    await expect.poll(focused).toMatchObject({ field: 'field-household', first: 'field-household' })
    expect((await focused()).told).toContain('这几项至少填一项：哪一户、当事人')
    await phone.goto('/record/council')
    await page.getByTestId('save').click()
    await expect.poll(focused).toMatchObject({ field: 'field-topic', first: 'field-topic', invalid: 'true' })
    expect((await focused()).told).toContain('这里要填')
  },
)

story(
  'every screen of a volunteer, standard and large',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.offline(true)
    const urgent = await her.sawViolence()
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
    const campaign = await first(phone, '/', '[data-test=countdown] a')
    const household = await first(phone, '/households', 'main li a[href^="/households/"]')
    await look(phone, 'volunteer', [
      { name: 'home', path: '/' },
      { name: 'forms', path: '/forms' },
      { name: 'visit', path: '/record/home_visit' },
      { name: 'activity', path: '/record/activity' },
      { name: 'pairing', path: '/record/pairing' },
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
      { name: 'campaigns', path: '/campaign' },
      { name: 'campaign', path: campaign },
      { name: 'logout', path: '/account', act: tap('退出登录') },
      { name: 'install', path: '/install' },
    ])

    // What can be undone is offered without covering a button, until it goes by itself.
    for (const view of views.filter((one) => one.size !== 'normal')) {
      await show(phone.page, view)
      await her.visit('王某某', '走访慰问')
      await phone.page.getByRole('button', { name: '撤销' }).waitFor()
      // The page hears of the bar's height with the next frame.
      await phone.page.waitForFunction(() => {
        const room = /[\d.]+(?=px)/.exec(document.documentElement.style.scrollPaddingBottom)?.[0]
        return parseFloat(room ?? '0') >= document.querySelector('.dock')!.getBoundingClientRect().height - 1
      })
      await phone.shot(`volunteer-undo-${view.width}-${view.size}`)
      expect((await faultsOf(phone.page, view)).join('\n')).toBe('')
    }
    // What is only here, and what a lost server has left without a copy: in both languages.
    await phone.offline(true)
    await her.visit('王某某', '走访慰问')
    await plantLost(phone)
    for (const [language, lost] of [
      ['en', 'Some old records cannot be brought back'],
      ['zh', '有些旧记录找不回来了'],
    ] as const) {
      await setLanguage(phone.page, language)
      await look(phone, `volunteer-${language}`, [
        { name: 'lost', path: '/', act: (phone) => phone.page.getByRole('heading', { name: lost }).waitFor() },
        ...(language === 'en' ? [{ name: 'campaign', path: campaign }] : []),
        { name: 'sent-waiting', path: '/sent', act: (phone) => phone.page.getByTestId('sent-state').waitFor() },
      ])
    }
    await phone.page.getByRole('button', { name: '我知道了' }).click()
    await phone.page.getByTestId('lost').waitFor({ state: 'detached' })
    await phone.offline(false)
    await her.waiting(0)

    await phone.page.getByTestId('hide').click()
    await look(phone, 'volunteer', [{ name: 'hidden', path: '/' }])
  },
)

story(
  'the inbox and a message of it, standard and large, in both languages',
  () => server,
  async (stage) => {
    await (await Pen.of(server, 'zhen1')).message(TOWNSHIP, [VILLAGE], '星期五上午十点在镇上开会。\n请带上本子。')
    const phone = await enter(stage, 'cun1b')
    const notice = await first(phone, '/inbox', 'main a.notice-line[href^="/inbox/"]')
    for (const language of ['zh', 'en'] as const) {
      await setLanguage(phone.page, language)
      await look(phone, `volunteer-${language}`, [
        { name: 'inbox', path: '/inbox' },
        { name: 'notice', path: notice, alike: language === 'en' },
      ])
    }
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

allShown('screens')
