import type { Locator, Page, Request } from 'playwright-core'

/** A page that goes on asking is read as it is after so long, milliseconds. */
const patience = 3000
/** What has not changed for so long stands, milliseconds. */
const still = 30

const asking = new WeakMap<Page, Set<Request>>()
const looks = ['innerText', 'allInnerTexts', 'textContent', 'inputValue', 'count', 'isVisible'] as const
let taught = false

/**
 * What a story reads off a page, it reads once the page is at rest, as a person does: nothing is on its way from the
 * server, and what is read reads the same twice. Without it a heading would be read before the lines under it have
 * come, and `toBe(0)` would hold because something has not come yet.
 */
export function readAtRest(page: Page): void {
  const open = new Set<Request>()
  asking.set(page, open)
  page.on('request', (one) => open.add(one))
  page.on('requestfinished', (one) => open.delete(one))
  page.on('requestfailed', (one) => open.delete(one))
  if (!taught) teach(Object.getPrototypeOf(page.locator('body')) as Locator)
  taught = true
}

function teach(all: Locator): void {
  for (const look of looks) {
    const once = all[look] as (...given: unknown[]) => Promise<unknown>
    Object.assign(all, {
      async [look](this: Locator, ...given: unknown[]): Promise<unknown> {
        const end = Date.now() + patience
        for (;;) {
          while (asking.get(this.page())?.size && Date.now() < end) await pause()
          const read = await once.apply(this, given)
          await pause()
          if (Date.now() > end) return once.apply(this, given)
          if (asking.get(this.page())?.size) continue
          const again = await once.apply(this, given)
          if (JSON.stringify(read) === JSON.stringify(again)) return again
        }
      },
    })
  }
}

const pause = () => new Promise((done) => setTimeout(done, still))
