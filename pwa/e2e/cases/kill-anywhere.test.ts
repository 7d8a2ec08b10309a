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
      await phone.page.getByTestId('save').click({ noWaitAfter: true })
      const late = new Promise<false>((done) => setTimeout(() => done(false), random(2) ? random(120) : random(1500)))
      const seen = await Promise.race([said, late])
      await phone.kill()
      if (seen) saved.push(head)
      else torn++
      await phone.open()
      her = new Volunteer(phone.page)
      await phone.page.getByRole('navigation', { name: '主菜单' }).waitFor()
      const text = (await her.lines()).join('\n')
      for (const one of saved) expect(text.split(one), `${one} after kill ${i}`).toHaveLength(2)
    }
    await her.waiting(0)
    const lines = await her.lines()
    console.info(`${kills} kills, ${torn} of them before 已保存, ${lines.length} entries kept`)
    expect(lines.length).toBeGreaterThanOrEqual(saved.length)
    for (const one of saved) expect(lines.filter((line) => line.includes(one))).toHaveLength(1)

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(lines.length)
  },
)
