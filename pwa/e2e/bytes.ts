import type { Page } from 'playwright-core'

/** Bytes of HTML, script and style that come over the line, compressed, until `ready` says that the page is there. */
export async function bytesOf(page: Page, url: string, ready: string): Promise<{ total: number; files: string[] }> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  // As on a phone that has nothing of it yet.
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  await devtools.send('Network.setBypassServiceWorker', { bypass: true })
  const kinds = new Map<string, string>()
  const files: string[] = []
  let total = 0
  devtools.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (['Document', 'Script', 'Stylesheet'].includes(type)) kinds.set(requestId, new URL(response.url).pathname)
  })
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = kinds.get(requestId)
    if (!file) return
    total += encodedDataLength
    files.push(`${file} ${encodedDataLength}`)
  })
  await page.goto(url)
  await page.locator(ready).first().waitFor()
  const seen = { total, files: [...files] }
  await devtools.detach()
  return seen
}
