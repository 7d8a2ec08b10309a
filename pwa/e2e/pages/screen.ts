import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What is wrong with a screen as it stands: in words, nothing where all is well. */
export async function faultsOf(page: Page, large: boolean): Promise<string[]> {
  return [...(await rules(page)), ...(await layout(page, large))]
}

/** WCAG 2.0 to 2.2, A and AA, as far as axe can tell. */
async function rules(page: Page): Promise<string[]> {
  // The page's own policy forbids foreign scripts; the browser's debugger may still evaluate this one.
  await page.evaluate(axe)
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
      const main = element.matches('.btn, .form, .place, .chip, .line')
      const least = large && main ? 60 : 44
      if (box.height < least - 0.5) faults.push(`target ${Math.round(box.height)} high, not ${least}: ${said(element)}`)
      // In a table on a desk, figures stand close and are hit by a mouse.
      const wide = element.closest('td') ? 24 : 44
      if (box.width < wide - 0.5) faults.push(`target ${Math.round(box.width)} wide, not ${wide}: ${said(element)}`)
    }

    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT)
    const seen = new Set<Element>()
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement
      if (!parent || !node.textContent?.trim() || seen.has(parent)) continue
      seen.add(parent)
      if (parent.closest('option, script, style, noscript') || hidden(parent)) continue
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

export async function setSize(page: Page, size: 'normal' | 'large'): Promise<void> {
  await page.evaluate((size) => localStorage.setItem('niangjia.size', size), size)
}
