import type { Page } from 'playwright-core'

/**
 * Bytes of HTML, script and style as they come, compressed, without headers: all that was asked for before `ready`
 * stood on the screen. What the app fetches afterwards, while nothing else is to be done, is not waited for.
 */
export async function bytesOf(page: Page, url: string, ready: string): Promise<{ total: number; files: string[] }> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  // As on a phone that has nothing of it yet.
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  await devtools.send('Network.setBypassServiceWorker', { bypass: true })
  await page.addInitScript((ready) => {
    const look = () => {
      if (document.querySelector(ready)) performance.mark('ready')
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }, ready)
  await page.goto(url)
  await page.waitForFunction(() => performance.getEntriesByName('ready').length > 0)
  const files = await page.evaluate(() => {
    const until = performance.getEntriesByName('ready')[0]!.startTime
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    return (all as PerformanceResourceTiming[])
      .filter((one) => one.startTime < until && /navigation|script|link|css/.test(one.initiatorType))
      .filter((one) => !/\.(png|svg|webmanifest)$/.test(one.name))
      .map((one) => ({ name: new URL(one.name).pathname, bytes: one.encodedBodySize }))
  })
  await devtools.detach()
  return {
    total: files.reduce((sum, one) => sum + one.bytes, 0),
    files: files.map((one) => `${one.name} ${one.bytes}`),
  }
}
