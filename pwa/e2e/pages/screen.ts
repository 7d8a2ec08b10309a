import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export type Size = 'normal' | 'large' | 'huge'

/** How a screen is looked at: the width of its window, the size of its text, and the browser's own text size. */
export interface View {
  width: number
  height: number
  size: Size
  /** The browser's text size in percent. */
  zoom?: number
  /** Looked at for its layout alone. */
  layoutOnly?: boolean
}

/** Standard and large text on a phone and on a desk; then the narrowest window, 30 px text and 200 % text. */
export const views: View[] = [
  { width: 360, height: 800, size: 'normal' },
  { width: 360, height: 800, size: 'large' },
  { width: 1280, height: 800, size: 'large' },
  { width: 1280, height: 800, size: 'normal' },
  { width: 320, height: 640, size: 'normal', layoutOnly: true },
  { width: 360, height: 800, size: 'huge', layoutOnly: true },
  { width: 640, height: 800, size: 'normal', zoom: 200, layoutOnly: true },
]

/** Brings the page as it stands, dialogs and all, into a view. */
export async function show(page: Page, view: View): Promise<void> {
  await page.setViewportSize(view)
  await page.evaluate(async ({ size, zoom }) => {
    // As another tab would tell it.
    localStorage.setItem('niangjia.size', size)
    dispatchEvent(new StorageEvent('storage', { key: 'niangjia.size', newValue: size }))
    document.documentElement.style.fontSize = zoom ? `${zoom}%` : ''
    for (let i = 0; i < 3; i++) await new Promise((done) => requestAnimationFrame(done))
  }, view)
}

/** What is wrong with a screen as it stands: in words, nothing where all is well. */
export async function faultsOf(page: Page, view: View): Promise<string[]> {
  return [...(view.layoutOnly ? [] : await rules(page)), ...(await layout(page, view.size !== 'normal'))]
}

/** WCAG 2.0 to 2.2, A and AA, as far as axe can tell. */
async function rules(page: Page): Promise<string[]> {
  // The page's own policy forbids foreign scripts; the browser's debugger may still evaluate this one.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>
      }
    }
    const found = await axe.run({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      resultTypes: ['violations'],
      // It measures a bare box without its label and less what the bar at the foot covers; `layout` asks for more.
      rules: { 'target-size': { enabled: false } },
    })
    return found.violations.map(
      (one) =>
        `axe ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' ; ')} ${one.nodes[0]?.failureSummary ?? ''}`,
    )
  })
}

/** Nothing to the side of the screen, nothing cut off, and every target large enough to hit. */
function layout(page: Page, large: boolean): Promise<string[]> {
  return page.evaluate((large) => {
    const faults: string[] = []
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth > width) {
      faults.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${width}`)
    }
    const said = (element: Element) =>
      `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${(element.textContent ?? '').trim().slice(0, 30)}`
    const top: Element = document.querySelector('dialog[open]') ?? document.body
    const hidden = (element: Element) => {
      const style = getComputedStyle(element)
      return style.visibility === 'hidden' || style.clipPath !== 'none' || !!element.closest('.skip, .sr')
    }

    // A box or a round button is hit by way of its label.
    const targets = new Set<Element>()
    for (const element of top.querySelectorAll('a[href], button, input, select, textarea, summary')) {
      if (hidden(element)) continue
      const label = element.matches('input[type=checkbox], input[type=radio]') ? element.closest('label') : null
      targets.add(label ?? element)
    }
    for (const element of targets) {
      const box = element.getBoundingClientRect()
      if (!box.width && !box.height) continue
      const main = element.matches('.btn, .form, .place, .chip, .line, .act, .back, .hide, .pill')
      const least = large && main ? 60 : 44
      if (box.height < least - 0.5) faults.push(`target ${Math.round(box.height)} high, not ${least}: ${said(element)}`)
      // In a table on a desk, figures stand close and are hit by a mouse.
      const wide = element.closest('td') ? 24 : least
      if (box.width < wide - 0.5) faults.push(`target ${Math.round(box.width)} wide, not ${wide}: ${said(element)}`)
    }

    // What has the focus is never behind a bar at the head or the foot.
    for (const element of targets) {
      const control = element.matches('label') ? element.querySelector('input') : element
      if (!(control instanceof HTMLElement) || control.matches(':disabled')) continue
      control.focus()
      const box = element.getBoundingClientRect()
      if (!box.width || !box.height || document.activeElement !== control) continue
      // Of a wide cell in a table that scrolls within its frame, its beginning is enough.
      const middle = box.left + box.width / 2
      const [x, y] = [middle < width ? middle : box.left + 8, box.top + Math.min(box.height / 2, 30)]
      const hit = document.elementFromPoint(x, y)
      if (!hit || !(element.contains(hit) || hit.contains(element))) {
        faults.push(`covered: ${said(element)} at ${Math.round(x)},${Math.round(y)} by ${hit ? said(hit) : 'nothing'}`)
      }
    }

    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    scrollTo(0, 0)

    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT)
    const seen = new Set<Element>()
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement
      if (!parent || !node.textContent?.trim() || seen.has(parent)) continue
      seen.add(parent)
      if (parent.closest('option, script, style, noscript') || hidden(parent)) continue
      const style = getComputedStyle(parent)
      const pixels = parseFloat(style.fontSize)
      if (large && pixels < 18 && !parent.closest('svg')) faults.push(`text of ${pixels} px: ${said(parent)}`)
      if (style.lineHeight !== 'normal' && parseFloat(style.lineHeight) < 1.3 * pixels - 0.1) {
        faults.push(`lines ${style.lineHeight} apart at ${pixels} px: ${said(parent)}`)
      }
      const range = document.createRange()
      range.selectNodeContents(node)
      const box = range.getBoundingClientRect()
      if (!box.width) continue
      // A table may scroll within its own frame.
      const frame = [...ancestors(parent)].find((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
      if (!frame && (box.right > width + 1 || box.left < -1)) faults.push(`text beyond the edge: ${said(parent)}`)
      for (const one of ancestors(parent)) {
        const style = getComputedStyle(one)
        // Two lines of what an entry says are meant to be enough on a list.
        if (style.webkitLineClamp !== 'none') break
        const cutX = ['hidden', 'clip'].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1
        const cutY = ['hidden', 'clip'].includes(style.overflowY) && one.scrollHeight > one.clientHeight + 1
        if (one.clientWidth && (cutX || cutY)) {
          faults.push(`text cut off: ${said(one)}`)
          break
        }
      }
    }
    return [...new Set(faults)]

    function* ancestors(from: Element): Generator<Element> {
      for (let one: Element | null = from; one && one !== document.body; one = one.parentElement) yield one
    }
  }, large)
}

export async function setSize(page: Page, size: Size): Promise<void> {
  await page.evaluate((size) => localStorage.setItem('niangjia.size', size), size)
}

/** From the next page on. */
export async function setLanguage(page: Page, language: 'zh' | 'en'): Promise<void> {
  await page.evaluate((language) => localStorage.setItem('niangjia.language', language), language)
}
