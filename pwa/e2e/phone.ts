import { cpSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, selectors, type BrowserContext, type Page } from 'playwright-core'
import { readAtRest } from './rest'
import type { Server } from './server'

selectors.setTestIdAttribute('data-test')

/**
 * The browser of all stories of a file: Chromium without its windows where that is installed, which takes half of the
 * time. It shows no notices; `withWindows` takes the whole one.
 */
const whole = process.env.CHROME_PATH ?? '/usr/bin/chromium'
const browser = { path: process.env.CHROME_SHELL ?? whole }
export const withWindows = () => void (browser.path = whole)

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A microphone that hums, and nobody asks whether it may be used.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]

/** Where screenshots go when they are wanted: E2E_SHOTS=folder. */
const shots = process.env.E2E_SHOTS

export const PHONE = { width: 360, height: 800 }
export const DESK = { width: 1280, height: 800 }

/** A browser with a profile on disk, so that it can be closed, killed and opened again like a phone. */
export class Phone {
  private context?: BrowserContext
  page!: Page
  /** Errors that the page threw; a test ends with none. */
  readonly faults: string[] = []
  private readonly profile = mkdtempSync(path.join(tmpdir(), 'niangjia-profile-'))
  private readonly server: Server
  private readonly size: { width: number; height: number }
  private off = false

  /** What the browser says of itself, where it is to be another than Chromium. */
  private readonly agent?: string

  constructor(server: Server, size = PHONE, agent?: string) {
    this.server = server
    this.size = size
    this.agent = agent
  }

  async open(to = '/'): Promise<this> {
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: browser.path,
      headless: true,
      viewport: this.size,
      userAgent: this.agent,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      args,
    })
    await this.context.setOffline(this.off)
    this.page = this.watch(this.context.pages()[0] ?? (await this.context.newPage()))
    await this.page.goto(new URL(to, this.server.url).href)
    return this
  }

  private watch(page: Page): Page {
    page.setDefaultTimeout(30_000)
    readAtRest(page)
    page.on('pageerror', (fault) => this.faults.push(fault.message))
    return page
  }

  /** A second tab of the same browser. */
  async tab(to = '/'): Promise<Page> {
    const page = this.watch(await this.context!.newPage())
    await page.goto(this.server.url + to)
    return page
  }

  async goto(to: string): Promise<void> {
    await this.page.goto(new URL(to, this.server.url).href)
  }

  /** Until the app will open without a network. */
  async installed(): Promise<void> {
    await this.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  }

  async offline(off: boolean): Promise<void> {
    this.off = off
    await this.context!.setOffline(off)
  }

  /** Walks out of the signal and back into it, which makes the phone ask for news, until they are on the screen. */
  async hear(text: string): Promise<void> {
    const there = this.page.getByText(text).first()
    if (await there.isVisible()) return
    for (let i = 0; i < 10; i++) {
      await this.offline(true)
      await this.offline(false)
      const heard = there.waitFor({ timeout: 1500 }).then(
        () => true,
        () => false,
      )
      if (await heard) return
    }
    await there.waitFor()
  }

  /** Puts something into what the server answers. The page may be gone, and the server with it, while that is asked. */
  async altered(url: string, change: (told: Record<string, unknown>) => void): Promise<void> {
    await this.page.route(url, async (route) => {
      const response = await route.fetch().catch(() => undefined)
      if (!response) return route.abort().catch(() => undefined)
      const told = (await response.json()) as Record<string, unknown>
      change(told)
      await route.fulfill({ response, json: told })
    })
  }

  /** Asks for news as a phone does that is looked at again, until an exchange that began afterwards is over. */
  async syncNow(): Promise<void> {
    const answered = this.page.waitForResponse((one) => one.url().endsWith('/api/v1/sync'))
    await this.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await answered
  }

  /** All that lies in the browser's profile, as a backup of the phone has it; the app is closed for it and opened again. */
  async copy(): Promise<string> {
    await this.close()
    const copy = mkdtempSync(path.join(tmpdir(), 'niangjia-copy-'))
    cpSync(this.profile, copy, { recursive: true, filter: (one) => !path.basename(one).startsWith('Singleton') })
    await this.open()
    return copy
  }

  /** Puts such a copy, of this phone or another, in the place of what lies here. */
  async become(copy: string): Promise<void> {
    await this.close()
    rmSync(this.profile, { recursive: true, force: true })
    cpSync(copy, this.profile, { recursive: true })
    await this.open()
  }

  async close(): Promise<void> {
    await this.context?.close()
    this.context = undefined
  }

  /** SIGKILL, as when the phone's system takes the app away. */
  async kill(): Promise<void> {
    const { execFileSync } = await import('node:child_process')
    const gone = new Promise((done) => this.context!.once('close', done))
    // The main process is the one that has the profile on its command line and no --type.
    const list = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8', maxBuffer: 1 << 26 })
    for (const line of list.split('\n')) {
      if (line.includes(`--user-data-dir=${this.profile}`) && !line.includes('--type=')) {
        process.kill(Number(line.trim().split(' ')[0]), 'SIGKILL')
      }
    }
    await gone
    this.context = undefined
    rmSync(path.join(this.profile, 'SingletonLock'), { force: true })
  }

  /** All that the browser keeps of the app goes, as when the system makes room or she clears the browser's data. */
  async evict(): Promise<void> {
    const devtools = await this.context!.newCDPSession(this.page)
    await devtools.send('Storage.clearDataForOrigin', { origin: this.server.url, storageTypes: 'all' })
    await devtools.detach()
  }

  async shot(name: string): Promise<void> {
    if (!shots) return
    mkdirSync(shots, { recursive: true })
    await this.page.screenshot({ path: path.join(shots, `${name}.png`) })
  }

  /** Where a test failed: the screen in words, and as a picture where those are wanted. */
  async tell(name: string): Promise<void> {
    if (!this.context) return
    console.error(
      `--- ${name}: ${this.page.url()}\n${(
        await this.page
          .locator('body')
          .innerText()
          .catch(() => 'no page')
      ).replace(/\s*\n\s*/g, ' | ')}`,
    )
    console.error(this.faults.join('\n'))
    await this.shot(`failed ${name}`.replaceAll('/', '-'))
  }

  async dispose(): Promise<void> {
    await this.close()
    rmSync(this.profile, { recursive: true, force: true })
  }
}
