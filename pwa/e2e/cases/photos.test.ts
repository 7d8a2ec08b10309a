import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { look } from '../look'
import { Reviewer } from '../pages/reviewer'
import { DESK, type Phone } from '../phone'
import { photographing } from '../photographing'
import { served, story } from '../story'

const server = served({ catalogue: photographing().catalogue })

/** A photo as a camera makes it: large, and noisy enough not to compress well. */
async function camera(page: Page, width = 3000, height = 2000): Promise<Buffer> {
  const bytes = await page.evaluate(
    async ([width, height]) => {
      const canvas = document.createElement('canvas')
      canvas.width = width!
      canvas.height = height!
      const pen = canvas.getContext('2d')!
      const sky = pen.createLinearGradient(0, 0, 0, height!)
      sky.addColorStop(0, '#4a90d9')
      sky.addColorStop(1, '#7cb342')
      pen.fillStyle = sky
      pen.fillRect(0, 0, width!, height!)
      for (let i = 0; i < 8_000; i++) {
        pen.fillStyle = `hsl(${Math.random() * 360} 50% 50%)`
        pen.fillRect(Math.random() * width!, Math.random() * height!, 6, 6)
      }
      const blob = await new Promise<Blob>((done) => canvas.toBlob((one) => done(one!), 'image/jpeg', 0.9))
      return new Promise<string>((done) => {
        const reader = new FileReader()
        reader.onload = () => done(String(reader.result).split(',')[1]!)
        reader.readAsDataURL(blob)
      })
    },
    [width, height],
  )
  return Buffer.from(bytes, 'base64')
}

/** What the camera wrote beside the pixels, as EXIF: held on its side, and where it was. */
function withExif(photo: Buffer): Buffer {
  const tiff = Buffer.from('49492a0008000000010012010300010000000600000000000000', 'hex')
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff, Buffer.from('GPS 24.0251N 99.2554E')])
  const head = Buffer.alloc(4)
  head.writeUInt16BE(0xffe1)
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([photo.subarray(0, 2), head, body, photo.subarray(2)])
}

/** All pictures and sounds that the phone keeps, a letter for each byte. */
const keptBytes = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const all: string[] = []
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith('niangjia-files-')) continue
      const db = await new Promise<IDBDatabase>((done, fail) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => done(request.result)
        request.onerror = () => fail(request.error)
      })
      const list = await new Promise<ArrayBuffer[]>((done) => {
        const request = db.transaction('bytes').objectStore('bytes').getAll()
        request.onsuccess = () => done(request.result)
      })
      for (const one of list) all.push(new TextDecoder('latin1').decode(one))
      db.close()
    }
    return all
  })

/** The browser takes what is large, and leaves the rest. */
const dropBytes = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith('niangjia-files-')) continue
      await new Promise<void>((done, fail) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => {
          const tx = request.result.transaction('bytes', 'readwrite')
          tx.objectStore('bytes').clear()
          tx.oncomplete = () => done(request.result.close())
          tx.onerror = () => fail(tx.error)
        }
      })
    }
  })

const sizeOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate(async (one) => {
      const image = one as HTMLImageElement
      await image.decode()
      return [image.naturalWidth, image.naturalHeight]
    })

async function beginVisit(
  phone: Phone,
  her: {
    start(to: string): Promise<void>
    toHousehold(head: string): Promise<void>
    tick(...to: string[]): Promise<void>
  },
  head: string,
) {
  await her.start('记走访')
  await her.toHousehold(head)
  if (!(await phone.page.locator('[data-field="field-purposes"] :checked').count())) await her.tick('走访慰问')
  await phone.page.getByTestId('more').click()
}

// F1 F4 F5: the whole way.
story(
  'photos taken without signal are kept with the draft, go behind the entry, and stand small in the reviewer’s view',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun1')
    const page = phone.page
    const photo = withExif(await camera(page))
    await phone.offline(true)
    await beginVisit(phone, her, '赵照片')
    const field = page.locator('[data-field="field-photos"]')
    await field.getByTestId('album').setInputFiles([
      { name: 'a.jpg', mimeType: 'image/jpeg', buffer: photo },
      { name: 'b.jpg', mimeType: 'image/jpeg', buffer: await camera(page, 800, 600) },
    ])
    await field.getByTestId('thumbnail').nth(1).waitFor()
    await phone.shot('photos-in-form')

    // On the phone's disk: small, upright, and without what stood beside the pixels.
    const kept = await keptBytes(page)
    expect(kept).toHaveLength(2)
    for (const one of kept) {
      expect(one.length).toBeLessThan(900_000)
      expect(one.includes('Exif')).toBe(false)
      expect(one.includes('GPS 24')).toBe(false)
    }

    // A form that was left is taken up again with its photos; one is taken out.
    await page.waitForURL('**/draft/*')
    await page.reload()
    await field.getByTestId('thumbnail').nth(1).waitFor()
    await field.getByRole('button', { name: '去掉照片 2' }).click()
    await expect.poll(() => field.getByTestId('thumbnail').count()).toBe(1)
    await her.save()

    // Hers to look at before it is sent, upright: it was held on its side.
    await her.openEntry('赵照片')
    await page.getByTestId('thumbnail').click()
    await page.getByRole('dialog').locator('img.whole').waitFor()
    expect(await sizeOf(page, 'dialog img.whole')).toEqual([1067, 1600])
    await phone.shot('photo-large-phone')
    await page.keyboard.press('Escape')
    await page.getByTestId('sync-state').click()
    await page.getByTestId('files').getByText('1 张照片').waitFor()
    await phone.shot('photos-waiting')

    await phone.offline(false)
    await her.waiting(0)
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await desk.page.locator('.queue ul.rows a').first().click()
    await desk.page.getByTestId('thumbnail').waitFor()
    await expect.poll(() => sizeOf(desk.page, '[data-test="thumbnail"] img')).toEqual([213, 320])
    await desk.shot('photos-review')
    await desk.page.getByTestId('thumbnail').click()
    await desk.page.getByRole('dialog').locator('img.whole').waitFor()
    expect(await sizeOf(desk.page, 'dialog img.whole')).toEqual([1067, 1600])
    await desk.shot('photo-large-desk')
    await desk.page.keyboard.press('Escape')
    // Nothing of it waits any more, and nothing goes twice.
    await page.reload()
    await her.waiting(0)
  },
)

// F7: what has not come is said, and holds nothing up.
story(
  'an entry whose photo has not come is reviewed without it',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun2')
    await phone.offline(true)
    await beginVisit(phone, her, '钱未到')
    await phone.page
      .locator('[data-field="field-photos"]')
      .getByTestId('album')
      .setInputFiles({ name: 'no.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('MZ, a program') })
    await phone.page.getByText('不是照片').waitFor()
    await phone.page
      .locator('[data-field="field-photos"]')
      .getByTestId('album')
      .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await camera(phone.page, 600, 400) })
    await phone.page.getByTestId('thumbnail').waitFor()
    await her.save()
    // The records pass, photos do not.
    server.holdFiles = true
    await phone.offline(false)
    await her.waiting(1)
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await desk.page.locator('.queue ul.rows a').getByText('钱未到').first().click()
    await desk.page.getByText('照片还没传到').waitFor()
    await desk.shot('photos-coming')
    server.holdFiles = false
    await phone.syncNow()
    await her.waiting(0)
    // By itself: whoever has opened an entry a second before its photo came waited for the next quiet minute once.
    await desk.page.getByTestId('thumbnail').waitFor()
  },
)

story(
  'a signature by the finger or by the keyboard, and a voice note',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun1')
    const page = phone.page
    await her.start('记救助')
    await page.getByRole('button', { name: '领取人签名' }).click()
    const sign = page.locator('[data-field="field-signature"]')
    await sign.scrollIntoViewIfNeeded()
    await sign.getByRole('button', { name: '签好了' }).click()
    await sign.getByText('框里还没有签名').waitFor()
    const box = (await sign.locator('canvas').boundingBox())!
    await page.mouse.move(box.x + 40, box.y + 40)
    await page.mouse.down()
    for (let i = 0; i < 20; i++) await page.mouse.move(box.x + 40 + i * 8, box.y + 40 + (i % 4) * 10)
    await page.mouse.up()
    await phone.shot('signature-frame')
    await sign.getByRole('button', { name: '签好了' }).click()
    await sign.getByTestId('thumbnail').waitFor()
    await sign.getByRole('button', { name: '重新签名' }).click()
    await sign.getByLabel('不方便手写').fill('王某某')
    await sign.getByRole('button', { name: '用打的名字' }).press('Enter')
    await sign.getByTestId('thumbnail').waitFor()
    await phone.shot('signature-typed')
    expect((await keptBytes(page)).length).toBe(1)
    await page.getByRole('button', { name: '返回' }).click()

    await beginVisit(phone, her, '孙语音')
    await page.getByTestId('record').click()
    await page.getByText('正在录音').waitFor()
    await page.waitForTimeout(1500)
    await phone.shot('voice-recording')
    await page.getByTestId('stop').click()
    await page.getByTestId('voice').waitFor()
    await phone.shot('voice-recorded')
    await her.save()
    await her.waiting(0)
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await desk.page.locator('.queue ul.rows a').getByText('孙语音').first().click()
    await desk.page.getByTestId('voice').waitFor()
    const seconds = await desk.page.getByTestId('voice').evaluate(async (one) => {
      const sound = one as HTMLAudioElement
      sound.muted = true
      await sound.play()
      return sound.readyState
    })
    expect(seconds).toBeGreaterThan(1)
  },
)

story(
  'a phone that is nearly full says so and keeps the form',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun2')
    await phone.page.addInitScript(() => {
      const left = () => Number(localStorage.getItem('test.left') ?? 1e9)
      navigator.storage.estimate = async () => ({ quota: 2e9, usage: 2e9 - left() })
    })
    await phone.page.evaluate(() => localStorage.setItem('test.left', '80000000'))
    await phone.page.reload()
    await beginVisit(phone, her, '李存满')
    await phone.page.getByText('手机快存满了，还能存几张').first().waitFor()
    await phone.page.evaluate(() => localStorage.setItem('test.left', '41000000'))
    const photo = await camera(phone.page, 2000, 1500)
    await phone.page.evaluate(() => localStorage.setItem('test.left', '40000000'))
    const field = phone.page.locator('[data-field="field-photos"]')
    await field.getByTestId('album').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: photo })
    await field.getByText('这一张没有存下').waitFor()
    await phone.shot('photos-full')
    expect(await field.getByTestId('thumbnail').count()).toBe(0)
    await her.save()
    await her.waiting(0)
  },
)

story(
  'the controls, standard and large',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun1')
    await phone.offline(true)
    await beginVisit(phone, her, '周好看')
    const field = phone.page.locator('[data-field="field-photos"]')
    await field.getByTestId('album').setInputFiles([
      { name: 'a.jpg', mimeType: 'image/jpeg', buffer: await camera(phone.page, 800, 600) },
      { name: 'b.jpg', mimeType: 'image/jpeg', buffer: await camera(phone.page, 600, 800) },
    ])
    await field.getByTestId('thumbnail').nth(1).waitFor()
    await phone.page.waitForURL('**/draft/*')
    await phone.page.waitForTimeout(500)
    const draft = new URL(phone.page.url()).pathname
    await look(phone, 'attachments', [
      {
        name: 'visit',
        path: draft,
        act: async (phone) => {
          await phone.page.getByTestId('thumbnail').nth(1).waitFor()
        },
      },
      {
        name: 'aid',
        path: '/record/aid_distribution',
        act: async (phone) => {
          const fold = phone.page.getByRole('button', { name: '领取人签名' })
          if (await fold.count()) await fold.click()
          await phone.page.locator('[data-field="field-signature"] canvas').scrollIntoViewIfNeeded()
        },
      },
      { name: 'sent', path: '/sent' },
    ])
  },
)

// F7: storage that was cleared, and a server that was lost with its files.
story(
  'a photo that the phone has lost is said and holds nothing up; one that the server has lost comes back from the phone',
  () => server,
  async (stage) => {
    const backup = path.join(server.data, '..', `niangjia-e2e-photos-${process.pid}`, 'a.backup')
    mkdirSync(path.dirname(backup))
    try {
      const { phone, her } = await stage.volunteer('cun1b')
      const { page } = phone
      const visit = async (head: string) => {
        await beginVisit(phone, her, head)
        const buffer = await camera(page, 600, 400)
        await page
          .locator('[data-field="field-photos"]')
          .getByTestId('album')
          .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer })
        await page.getByTestId('thumbnail').waitFor()
        await her.save()
      }
      await phone.offline(true)
      await visit('吴丢了')
      await dropBytes(page)
      await phone.offline(false)
      await her.waiting(0)
      await page.getByTestId('sync-state').click()
      await page.getByTestId('files').getByText('1 张照片、录音丢了').waitFor()
      await phone.shot('photos-lost')
      await page
        .getByTestId('files')
        .getByRole('link', { name: /吴丢了/ })
        .click()
      await page.getByTestId('attachment-fault').getByText('照片丢了').waitFor()
      await phone.shot('photos-lost-entry')
      const desk = await stage.phone(DESK)
      const reviewer = new Reviewer(desk.page)
      await reviewer.login('zhen1')
      await reviewer.queue()
      await reviewer.openEntry('吴丢了')
      await desk.page.getByText('照片还没传到，可以先审').waitFor()
      await reviewer.approve()
      await reviewer.allSent()

      const seen = async (head: string) => {
        await desk.hear(head)
        await reviewer.openEntry(head)
        await desk.page.getByTestId('thumbnail').waitFor()
      }
      await visit('郑前面')
      await seen('郑前面')
      await server.backup(backup)
      await visit('王后面')
      await seen('王后面')
      rmSync(path.join(path.dirname(backup), 'niangjia-attachments'), { recursive: true })
      await server.lose(backup)
      await phone.syncNow()
      await her.home()
      await her.waiting(0)
      await desk.page.reload()
      await seen('郑前面')
      await seen('王后面')
    } finally {
      rmSync(path.dirname(backup), { recursive: true, force: true })
    }
  },
)
