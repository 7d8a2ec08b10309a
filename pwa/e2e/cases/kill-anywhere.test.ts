import { expect } from 'vitest'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

/** KILLS=50 for the long form (make kills). */
const kills = Number(process.env.KILLS ?? 6)

/** The same moments in every run, as far as a browser allows. */
let state = 7
const random = (below: number) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return (state >>> 8) % below
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
/** How often changes have come to the server. */
const pushed = () => server.exchanges.filter((one) => one.changes.length).length

story(
  'killed at any point of saving and sending: what was said to be saved is there, once (P1, P3)',
  () => server,
  async (stage) => {
    const { phone, her: first } = await stage.volunteer()
    let her = first
    await phone.installed()
    const saved: string[] = []
    let torn = 0
    for (let i = 0; i < kills; i++) {
      const head = `户${String(i).padStart(3, '0')}`
      await her.start('记走访')
      await her.toHousehold(head)
      if (!(await her.field('purposes').locator('label:has(:checked)').count())) await her.tick('走访慰问')
      // Seen inside the page, so that no step of the test lies between the words and the kill.
      const said = phone.page
        .waitForFunction(() => document.body.innerText.includes('已保存'), undefined, { polling: 'raf' })
        .then(
          () => true,
          () => false,
        )
      // Every other time she is killed while it is sent: the server has it, and its answer is on the way.
      const sending = i % 2 === 1
      server.delay = sending ? 600 : 0
      const before = pushed()
      await phone.page.getByTestId('save').click({ noWaitAfter: true })
      let seen: boolean
      if (sending) {
        seen = await said
        await expect.poll(pushed, { interval: 10, timeout: 30_000 }).toBeGreaterThan(before)
        await pause(random(700))
      } else {
        seen = await Promise.race([said, pause(random(2) ? random(120) : random(1500)).then(() => false)])
      }
      await phone.kill()
      if (seen) saved.push(head)
      else torn++
      server.delay = 0
      await phone.open()
      her = new Volunteer(phone.page)
      await phone.page.getByRole('navigation', { name: '主菜单' }).waitFor()
      const text = (await her.lines()).join('\n')
      for (const one of saved) expect(text.split(one), `${one} after kill ${i}`).toHaveLength(2)
    }
    await her.waiting(0)
    const lines = await her.lines()
    console.info(
      `${kills} kills, ${torn} of them before 已保存, ${server.abandoned} before the answer, ${lines.length} entries kept`,
    )
    expect(server.abandoned, 'kills between the commit and the answer').toBeGreaterThanOrEqual(Math.ceil(kills / 6))
    expect(lines.length).toBeGreaterThanOrEqual(saved.length)
    for (const one of saved) expect(lines.filter((line) => line.includes(one))).toHaveLength(1)

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(lines.length)
    const rows = await reviewer.rows()
    expect(rows).toHaveLength(lines.length)
    for (const one of saved)
      expect(
        rows.filter((row) => row.includes(one)),
        one,
      ).toHaveLength(1)
  },
)
