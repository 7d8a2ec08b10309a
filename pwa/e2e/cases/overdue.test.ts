import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Reviewer } from '../pages/reviewer'
import { Pen, twoSay } from '../pen'
import { DESK } from '../phone'
import { binary, VILLAGE } from '../server'
import { served, story } from '../story'

const server = served()

story(
  'where the township has no reviewer, the county decides in its stead (R4)',
  () => server,
  async (stage) => {
    const { her } = await stage.volunteer()
    await her.visit('郑二二', '走访慰问')
    await her.waiting(0)
    await promisify(execFile)(binary, ['accounts', 'seats', 'zhen1', '--data', server.data])

    const desk = await stage.phone(DESK)
    const county = new Reviewer(desk.page)
    await county.login('xian1')
    await county.queue()
    const list = desk.page.locator('section.overdue')
    await desk.page.getByText('等了七天以上，请您代审').waitFor()
    await desk.shot('stead-list')
    await list.getByRole('link').first().click()
    await desk.page.getByText('这一条请您代审').waitFor()
    await desk.page.locator('main').getByText('郑二二').first().waitFor()
    await desk.shot('stead-entry')
    await desk.page.getByRole('button', { name: '通过', exact: true }).click()
    await desk.page.getByText('您的决定“通过”已生效。').waitFor()
    await desk.page.getByText('这一条请您代审').waitFor({ state: 'detached' })
    await county.queue()
    await desk.page.getByRole('heading', { name: '待审 0 条' }).waitFor()
    await list.waitFor({ state: 'detached' })
  },
)

story(
  'and where two wrote different things, it chooses between them before it approves (R3 R4 M7 M8)',
  () => server,
  async (stage) => {
    await promisify(execFile)(binary, ['accounts', 'seats', 'zhen1', '--data', server.data])
    const [a, b] = [await Pen.of(server, 'cun1'), await Pen.of(server, 'cun1b')]
    const [home] = await a.households(VILLAGE, ['吴三三'])
    const occurred_on = new Date().toISOString().slice(0, 10)
    const visit = { household: home, purposes: ['policy'], met: 'met', needs: '想养猪', occurred_on }
    const { entity } = await twoSay([a, b], VILLAGE, visit, [{ needs: '想养牛' }, { needs: '想养羊' }])

    const desk = await stage.phone(DESK)
    const county = new Reviewer(desk.page)
    await county.login('xian1')
    await desk.goto(`/entry/${entity}`)
    const approve = desk.page.getByRole('button', { name: '通过', exact: true })
    await desk.page.getByText('“需要什么帮助”有两个内容').waitFor()
    await desk.page.locator('label.option').filter({ hasText: '想养牛' }).getByText('演示·村甲').waitFor()
    await desk.page.locator('label.option').filter({ hasText: '想养羊' }).getByText('演示·村乙').waitFor()
    if (!(await approve.isDisabled())) throw new Error('it can be approved with an open conflict')
    await desk.shot('stead-conflict')
    await desk.page.locator('label.option').filter({ hasText: '想养羊' }).click()
    await desk.page.getByRole('button', { name: '就用选的内容' }).click()
    await desk.page.locator('label.option').first().waitFor({ state: 'detached' })
    await desk.page.locator('main dd').getByText('想养羊').first().waitFor()
    await approve.click()
    await desk.page.getByText('您的决定“通过”已生效。').waitFor()
    await county.allSent()
  },
)
