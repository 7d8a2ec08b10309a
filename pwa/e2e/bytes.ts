import type { Page } from 'playwright-core'

/** Bytes of HTML, script and style as they come, compressed, without headers, until `ready` says that the page is there. */
export async function bytesOf(page: Page, url: string, ready: string): Promise<{ total: number; files: string[] }> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  // As on a phone that has nothing of it yet.
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  await devtools.send('Network.setBypassServiceWorker', { bypass: true })
  const kinds = new Map<string, { file: string; headers: number }>()
  const files: string[] = []
  let total = 0
  devtools.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (['Document', 'Script', 'Stylesheet'].includes(type)) {
      kinds.set(requestId, { file: new URL(response.url).pathname, headers: response.encodedDataLength })
    }
  })
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId)
    if (!kind) return
    const bytes = encodedDataLength - kind.headers
    total += bytes
    files.push(`${kind.file} ${bytes}`)
  })
  await page.goto(url)
  await page.locator(ready).first().waitFor()
  const seen = { total, files: [...files] }
  await devtools.detach()
  return seen
}
