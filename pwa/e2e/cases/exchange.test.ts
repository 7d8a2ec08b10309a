import { expect } from 'vitest'
import { sound } from '../look'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served({ entries: 150 })

story(
  'the county hands its totals to another system by a token that is shown once, and takes it back',
  () => server,
  async (stage) => {
    const read = (token: string, path: string) =>
      fetch(`${server.url}/api/v1/open/${path}`, { headers: { Authorization: `Bearer ${token}` } })
    const desk = await stage.phone(DESK)
    await new Volunteer(desk.page).login('xian1')
    const { page } = desk
    await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的', exact: true }).click()
    await page.getByTestId('tokens').click()
    await page.getByText('还没有发过口令').waitFor()

    await page.getByTestId('make').focus()
    await page.keyboard.press('Enter')
    await page.getByText('请写上给谁用').waitFor()
    await page.keyboard.type('县大数据中心') // the field with the fault has the focus
    await page.keyboard.press('Enter')
    const token = (await page.getByTestId('token').innerText()).trim()
    expect(token).toMatch(/^njr_[\w-]{43}$/)
    const row = page.getByTestId('read-token')
    await row.getByText('还没有人用过').waitFor()
    await sound(desk, 'token-made', ['normal', 'large'], true)

    const told = (await (await read(token, 'figures?period=2026')).json()) as {
      rows: { name: string; values: { indicator: string; value: number | null }[] }[]
    }
    expect(told.rows[0]!.name).toBe('永德县')
    const visits = told.rows[0]!.values.find((one) => one.indicator === 'visits')!.value!
    expect(visits).toBeGreaterThan(0)
    const csv = await (await read(token, 'figures?period=2026&indicators=visits&format=csv')).text()
    expect(csv.split('\r\n')[1]).toContain(`,${visits},,,false`)
    for (const path of ['totals?unit=530923000000&period=2026', 'accounts?unit=530923000000', 'me']) {
      const answer = await fetch(`${server.url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${token}` } })
      expect(answer.status, path).toBe(401)
    }

    // Kept: it is nowhere on the page any more, nor after it is opened anew.
    await page.getByTestId('kept').click()
    await page.getByTestId('fresh').waitFor({ state: 'detached' })
    await page.reload()
    await row.getByText('最近一次读数').waitFor()
    expect(await page.content()).not.toContain(token)

    await row.getByRole('button', { name: '停用县大数据中心' }).click()
    await page.getByRole('dialog').getByTestId('sure').click()
    await row.getByText('已停用').first().waitFor()
    const refused = await read(token, 'figures?period=2026')
    expect(refused.status).toBe(401)
    expect(((await refused.json()) as { detail: string }).detail).toContain('已经停用或者过期')

    const auditor = await stage.phone(DESK)
    await new Volunteer(auditor.page).login('jiandu')
    await auditor.page.goto(`${server.url}/audit`)
    await auditor.page.getByText('停用读数口令：永德县').waitFor()
    await auditor.page.getByText('新建读数口令：永德县').waitFor()
  },
)
