// Measures the pages of a report, as pdftotext -bbox-layout gives them, against GB/T 9704-2012: the paper, the type area,
// lines a page and characters a line, page numbers outside. Fonts differ from machine to machine, so heights are taken
// from where lines begin, with two points of room.
import { readFileSync } from 'node:fs'

const file = process.argv[2]
const mm = 72 / 25.4
const paper = { width: 210 * mm, height: 297 * mm }
const area = { left: 28 * mm, right: (210 - 26) * mm, top: 37 * mm, bottom: (297 - 35) * mm }
const room = 2
const faults = []
const fault = (page, what) => faults.push(`page ${page}: ${what}`)

const number = (text, name) => Number(new RegExp(` ${name}="([^"]+)"`).exec(text)[1])
const box = (tag) => ({ left: number(tag, 'xMin'), right: number(tag, 'xMax'), top: number(tag, 'yMin'), bottom: number(tag, 'yMax') })
const pages = readFileSync(file, 'utf8').split('<page ').slice(1)
if (pages.length < 6) fault(0, `there are ${pages.length} pages`)

pages.forEach((text, i) => {
  const n = i + 1
  const size = / width="([^"]+)" height="([^"]+)"/.exec(' ' + text)
  if (Math.abs(size[1] - paper.width) > 1 || Math.abs(size[2] - paper.height) > 1) fault(n, `the paper is ${size[1]} x ${size[2]}`)
  const words = [...text.matchAll(/<word ([^>]*)>([^<]*)<\/word>/g)].map((m) => ({ ...box(' ' + m[1]), text: m[2] }))
  const foot = words.filter((w) => (w.top + w.bottom) / 2 > area.bottom + room)
  const body = words.filter((w) => !foot.includes(w))

  const shown = foot.map((w) => w.text).join('')
  if (shown !== `—${n}—`) fault(n, `below the text stands ${shown}`)
  const middle = foot.length ? (foot[0].top + foot[0].bottom) / 2 - area.bottom : 0
  if (Math.abs(middle - 7 * mm) > 4) fault(n, `the number stands ${(middle / mm).toFixed(1)} mm below the text`)
  // One character from the outer edge: to the right on odd pages, to the left on even ones.
  const edge = n % 2 ? area.right - Math.max(...foot.map((w) => w.right)) : Math.min(...foot.map((w) => w.left)) - area.left
  if (Math.abs(edge - 15.8) > 5) fault(n, `the number stands ${edge.toFixed(1)} points from the outer edge`)

  for (const w of body) {
    if (w.left < area.left - room || w.right > area.right + room) fault(n, `“${w.text}” stands from ${w.left} to ${w.right}`)
    // How high drawn characters are poppler guesses from the widest letter, and takes a Chinese one for twice its height.
    if (file.includes('drawn')) continue
    if (w.top < area.top - 6 || w.bottom > area.bottom + 6) fault(n, `“${w.text}” stands at ${w.top} to ${w.bottom}`)
  }
  // Lines of 3号: those whose beginnings are 28 points apart.
  const lines = new Map()
  for (const w of body) lines.set(Math.round((w.top + w.bottom) / 2), [...(lines.get(Math.round((w.top + w.bottom) / 2)) ?? []), w])
  const tops = [...lines.keys()].sort((a, b) => a - b)
  if (n === 2) {
    const close = tops.filter((t, k) => k === 0 || t - tops[k - 1] > 5)
    if (close.length !== 22) fault(n, `a full page has ${close.length} lines`)
    close.slice(1).forEach((t, k) => Math.abs(t - close[k] - 28) > 2 && fault(n, `lines stand ${t - close[k]} points apart`))
    const widest = Math.max(...[...lines.values()].map((l) => [...l.map((w) => w.text).join('')].reduce((s, c) => s + (c.charCodeAt(0) < 128 ? 0.5 : 1), 0)))
    if (widest > 28 || widest < 25) fault(n, `its longest line has ${widest} characters`)
  }
})
const table = pages.filter((p) => p.includes('>单位<'))
if (table.length < 3) fault(0, `the heads of the table stand on ${table.length} pages`)

if (faults.length) {
  console.error(`${file}:\n` + faults.slice(0, 20).join('\n'))
  process.exit(1)
}
console.log(`${file}: ${pages.length} pages as they should be`)
