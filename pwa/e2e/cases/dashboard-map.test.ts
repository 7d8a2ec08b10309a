import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { sound } from '../look'
import { Clerk } from '../pages/clerk'
import { Keyboard } from '../pages/keyboard'
import { Pen } from '../pen'
import { DESK } from '../phone'
import { CITY, PASSWORD, TOWNSHIP } from '../server'
import { served, story } from '../story'

const COUNTY = '530923000000'

/** A map of no place: the demo city's counties as boxes in rows of three, their townships as hexagons in them. */
function hives(): string {
  const units = readFileSync('../server/demo/lincang-5309.csv', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .flatMap(([code, , level]) => (code && level ? [{ code, level }] : []))
  const features: object[] = []
  const put = (properties: object, ring: number[][]) =>
    features.push({
      type: 'Feature',
      properties,
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
    })
  const counties = units.filter((one) => one.level === 'county')
  for (const [i, county] of counties.entries()) {
    const [x, y] = [99 + (i % 3) * 0.6, 24 - Math.floor(i / 3) * 0.6]
    put({ code: county.code }, [[x, y], [x + 0.58, y], [x + 0.58, y - 0.58], [x, y - 0.58]]) // prettier-ignore
    const inside = units.filter((one) => one.level === 'township' && one.code.startsWith(county.code.slice(0, 6)))
    const side = Math.ceil(Math.sqrt(inside.length))
    const r = 0.29 / side
    for (const [k, township] of inside.entries()) {
      const [cx, cy] = [x + r + (k % side) * 2 * r, y - r - Math.floor(k / side) * 2 * r]
      const corner = (n: number) => [cx + r * Math.cos((Math.PI * n) / 3), cy + r * Math.sin((Math.PI * n) / 3)]
      // Surveyors' files give nine digits under this name.
      put({ XZQDM: township.code.slice(0, 9) }, [0, 1, 2, 3, 4, 5].map(corner))
    }
  }
  put({ code: '110101000000' }, [[116, 40], [117, 40], [117, 39]]) // prettier-ignore
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'niangjia-map-')), 'hives.geojson')
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }))
  return file
}

const server = served({ entries: 1500, serve: ['--map', hives()] })
const head = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })
const area = (page: Page, unit: string) => page.locator(`a.area[data-unit="${unit}"]`)

story(
  'the units below as a map: opened by the keyboard on the desk and by a tap on a phone, the same as the tiles, and on paper',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const { page } = desk
    const hand = new Keyboard(page)
    await hand.login('shi1', PASSWORD)
    await hand.to(page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '概览' }))
    await hand.press('Enter')
    await head(page, '临沧市').waitFor()
    await area(page, COUNTY).waitFor()
    expect(await page.locator('a.area').count()).toBe(8)
    await page.getByTestId('map').scrollIntoViewIfNeeded()
    await sound(desk, 'map-city', ['normal'])
    // What is said of an area is what its tile says.
    const said = (await area(page, COUNTY).getAttribute('aria-label'))!
    await page.getByRole('button', { name: '格子' }).click()
    const tile = page.locator(`.tile[data-unit="${COUNTY}"]`)
    await tile.waitFor()
    expect(await page.locator('a.area').count()).toBe(0)
    for (const part of said.split('，')) expect(await tile.innerText()).toContain(part)
    await page.getByRole('button', { name: '地图' }).click()
    await hand.to(area(page, COUNTY))
    await hand.press('Enter')
    await head(page, '永德县').waitFor()
    await area(page, TOWNSHIP).waitFor()
    await page.getByTestId('map').scrollIntoViewIfNeeded()
    await sound(desk, 'map-county', ['normal', 'large'])
    await page.setViewportSize({ width: 1032, height: 703 })
    await page.emulateMedia({ media: 'print' })
    await area(page, TOWNSHIP).waitFor()
    await desk.shot('map-print')
    await page.emulateMedia({ media: 'screen' })

    const { phone } = await stage.volunteer('xian1')
    await new Clerk(phone.page).totals()
    await phone.page.getByTestId('dashboard').click()
    await head(phone.page, '永德县').waitFor()
    await area(phone.page, TOWNSHIP).waitFor()
    await phone.page.getByTestId('map').scrollIntoViewIfNeeded()
    // Names stand above all areas, and none over another.
    const over = await phone.page.locator('[data-test="map"] .words').evaluate((words) => {
      const boxes = [...words.querySelectorAll('text')].map((one) => one.getBoundingClientRect())
      const apart = (a: DOMRect, b: DOMRect) =>
        a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 6 || b.bottom <= a.top + 6
      const last = words === words.parentElement!.lastElementChild
      return {
        last,
        n: boxes.length,
        over: boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !apart(a, b))).length,
      }
    })
    expect(over).toEqual({ last: true, n: over.n, over: 0 })
    expect(over.n).toBeGreaterThan(0)
    await sound(phone, 'map-phone', ['normal', 'large', 'huge'])
    await area(phone.page, TOWNSHIP).click()
    await head(phone.page, '德党镇').waitFor()
    // Of its villages the file has none: they stand as tiles.
    await phone.page.locator('.tile').first().waitFor()
    expect(await phone.page.getByRole('button', { name: '地图' }).count()).toBe(0)

    // What has not changed is not sent again; who is nobody gets none.
    const at = `${server.url}/api/v1/dashboard/map?unit=${CITY}&deep=1`
    expect((await fetch(at)).status).toBe(401)
    const headers = { Authorization: `Bearer ${(await Pen.of(server, 'shi1')).token}` }
    const answer = await fetch(at, { headers })
    const map = (await answer.json()) as { areas: unknown[]; missing: unknown[] }
    expect([map.areas.length, map.missing.length]).toEqual([84, 0])
    const known = { ...headers, 'If-None-Match': answer.headers.get('ETag')! }
    expect((await fetch(at, { headers: known })).status).toBe(304)
  },
)
