import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import lighthouse from 'lighthouse'
import { chromium, type BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Volunteer } from '../pages/volunteer'
import { freePort, Server } from '../server'

/**
 * Lighthouse's scores on the log-in page of a new phone and on the home page of one that is signed in. What it says
 * of speed depends on what else the machine does: the best of up to three runs counts, for the rest every run.
 */
const wanted = 95
const server = new Server({ entries: 150 })
const profile = mkdtempSync(path.join(tmpdir(), 'niangjia-lighthouse-'))
let browser: BrowserContext
let port = 0
/** As from the icon: what an earlier page left in the browser's memory is counted by nobody. */
async function openBrowser(): Promise<void> {
  await browser?.close()
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    locale: 'zh-CN',
    args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`],
  })
}
beforeAll(async () => {
  await server.start()
  port = await freePort()
  await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(profile, { recursive: true, force: true })
})

const categories = ['performance', 'accessibility', 'best-practices'] as const

async function scores(at: string): Promise<Record<string, number>> {
  const best: Record<string, number> = {}
  for (let run = 0; run < 3 && (best.performance ?? 0) < wanted; run++) {
    const result = await lighthouse(server.url + at, {
      port,
      onlyCategories: [...categories],
      // The second page is one of somebody who is signed in.
      disableStorageReset: true,
      logLevel: 'error',
    })
    if (!result) throw new Error('Lighthouse gave no result')
    // What Lighthouse finds of the machine itself: below 1,000 it says that the figures of speed are not to be trusted.
    console.log(`  ${at}: the machine's own figure ${Math.round(result.lhr.environment.benchmarkIndex)}`)
    for (const name of categories) {
      const category = result.lhr.categories[name]!
      const score = Math.round((category.score ?? 0) * 100)
      const better = name === 'performance' ? Math.max : Math.min
      best[name] = name in best ? better(best[name]!, score) : score
      if (score >= wanted) continue
      for (const { id, weight } of category.auditRefs) {
        const audit = result.lhr.audits[id]!
        if (weight && audit.score !== null && audit.score < 0.9)
          console.log(`  ${name}: ${audit.title} ${audit.displayValue ?? ''}`)
      }
    }
  }
  console.log(`${at}: ${categories.map((name) => `${name} ${best[name]}`).join(', ')}`)
  return best
}

test('Lighthouse gives at least 95', async () => {
  const login = await scores('/login')
  const page = await browser.newPage()
  await page.goto(server.url)
  const her = new Volunteer(page)
  await her.login('cun1')
  await her.waiting(0)
  await page.close()
  await openBrowser()
  const home = await scores('/')
  for (const name of categories) {
    expect(login[name], `log-in: ${name}`).toBeGreaterThanOrEqual(wanted)
    expect(home[name], `home: ${name}`).toBeGreaterThanOrEqual(wanted)
  }
})
