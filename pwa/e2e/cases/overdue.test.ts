import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Reviewer } from '../pages/reviewer'
import { DESK } from '../phone'
import { binary } from '../server'
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
    await list.getByRole('link').first().click()
    await desk.page.getByText('这一条请您代审').waitFor()
    await desk.page.locator('main').getByText('郑二二').first().waitFor()
    await desk.page.getByRole('button', { name: '通过', exact: true }).click()
    await desk.page.getByText('您的决定“通过”已生效。').waitFor()
    await desk.page.getByText('这一条请您代审').waitFor({ state: 'detached' })
    await county.queue()
    await desk.page.getByRole('heading', { name: '待审 0 条' }).waitFor()
    await list.waitFor({ state: 'detached' })
  },
)
