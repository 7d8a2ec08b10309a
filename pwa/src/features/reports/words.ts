import { indicators, unitName } from '@/state/places'
import { t } from '@/texts'
import { reports } from '@/texts/reports'
import { displayOf, figureText } from '../totals/figures'
import type { Document, Figure, Paragraph, Run, Value } from './data'

/** The server's word for money, in which its own figures travel as fen. */
const yuan = reports.zh.yuan

/** How the numbers of a figure are written: which display, and how many of its steps make one. */
export function stepsOf(figure: Pick<Figure, 'indicator' | 'unit_word' | 'value' | 'written'>): {
  display: 'integer' | 'percent' | 'decimal' | 'yuan'
  scale: number
  steps: number
} {
  const one = indicators.value.find((each) => each.id === figure.indicator)
  const display = one ? displayOf(one) : undefined
  // A figure that the template computes is in no catalogue: money says so by its word, a rate by its two parts.
  if (
    display === 'percent' ||
    (!one && figure.value.denominator !== undefined) ||
    (!one && figure.written.endsWith('%'))
  )
    return { display: 'percent', scale: 0, steps: 100 }
  if (display === 'yuan' || display === 'wan_yuan' || (!one && figure.unit_word === yuan))
    return { display: 'yuan', scale: 0, steps: 100 }
  if (display === 'decimal') return { display: 'decimal', scale: one?.scale ?? 0, steps: 10 ** (one?.scale ?? 0) }
  return { display: 'integer', scale: 0, steps: 1 }
}

/** Exact, with its unit. */
export function exactText(figure: Figure, value: Value | undefined): string {
  if (value?.n === undefined) return '—'
  const { display, scale } = stepsOf(figure)
  const text = figureText(value.n, display, scale)
  return display === 'percent' ? text : `${text} ${figure.unit_word ?? ''}`.trim()
}

/** Below others in a table, in the unit that its column names and not rounded to 万: as in the Word file. */
export function columnText(figure: Figure): string {
  const one = indicators.value.find((each) => each.id === figure.indicator)
  const n = figure.value.n
  if (figure.withheld || n === undefined || !one) return figure.written || '—'
  return figureText(n, displayOf(one), one.scale)
}

/** What was typed in the place of a figure, in its steps; `undefined` where it is no such number. */
export function typedValue(text: string, steps: number): number | undefined {
  const clean = text.trim().replaceAll(/[,，%％]/g, '')
  if (!/^\d+(\.\d+)?$/.test(clean)) return undefined
  const n = Math.round(Number(clean) * steps)
  return n <= 1e14 && Math.abs(n - Number(clean) * steps) < 1e-6 ? n : undefined
}

/** As it stands in its sentence. */
export const figureWords = (figure: Figure): string =>
  `${figure.written}${figure.written ? (figure.unit_word ?? '') : ''}`

/** A number of this reader's that opens: one that is withheld or cannot be said has none, of a change the number beside it opens. */
export const opens = (figure: Figure): boolean =>
  !figure.withheld && figure.style !== 'change' && figure.value.n !== undefined

export const plainText = (runs: readonly Run[]): string =>
  runs.map((run) => (run.figure ? figureWords(run.figure) : (run.text ?? ''))).join('')

/** The paragraphs of a section that this reader reads: one of which all is nought leaves. */
export const readIn = (section: { paragraphs: Paragraph[] }): Paragraph[] =>
  section.paragraphs.filter((one) => !one.read || one.read.length)

type Figures = Pick<Document, 'parts' | 'tables'>

function* each(document: Figures): Generator<Figure> {
  for (const part of document.parts)
    for (const section of part.sections)
      for (const paragraph of section.paragraphs) for (const run of paragraph.runs) if (run.figure) yield run.figure
  for (const table of document.tables) for (const row of table.rows) yield* row.cells
}

/** All figures of a document, each id once. */
export function figuresOf(document: Figures): Map<string, Figure> {
  const out = new Map<string, Figure>()
  for (const figure of each(document)) {
    const was = out.get(figure.id)
    // A plain one says more of it than a change does.
    if (!was || (was.style && !figure.style)) out.set(figure.id, figure)
  }
  return out
}

/** The words of all figures, by how each is said. */
export const saidOf = (document: Figures): Map<string, string> =>
  new Map([...each(document)].map((figure) => [saidKey(figure), figureWords(figure)]))

export const saidKey = (figure: Pick<Figure, 'id' | 'style'>): string => `${figure.id}|${figure.style ?? ''}`

/** How a figure is said: as it is, about, by how much more than last year, last year's. In either language. */
const styles = ['about', 'change', 'last'] as const
type Style = '' | (typeof styles)[number]
function spoken(word: string): Style | undefined {
  if (!word) return ''
  return styles.find((one) => word === one || word === reports.zh.styles[one])
}

export interface Names {
  /** Figures by the name that is written for them. */
  byName: Map<string, Pick<Figure, 'id' | 'unit' | 'name'>>
  nameOf: Map<string, string>
}

/** What figures are called: those that the document has, then all of the definitions. */
export function namesOf(document: Document): Names {
  const byName: Names['byName'] = new Map()
  const nameOf: Names['nameOf'] = new Map()
  const add = (one: Pick<Figure, 'id' | 'unit' | 'name'>) => {
    if (nameOf.has(one.id)) return
    const own = plainMark(one.name)
    let name = one.unit === document.unit.code ? own : `${plainMark(unitName(one.unit))}·${own}`
    if (byName.has(name)) name = `${name}#${one.id}`
    byName.set(name, one)
    nameOf.set(one.id, name)
  }
  for (const figure of figuresOf(document).values()) add(figure)
  for (const one of indicators.value) if (!one.hidden) add({ id: one.id, unit: document.unit.code, name: one.name.zh })
  return { byName, nameOf }
}

/** What input methods put in: blanks, brackets and strokes of another width. */
const plainMark = (text: string) =>
  text
    .replaceAll(/[\s\u3000]/g, '')
    .replaceAll('(', '（')
    .replaceAll(')', '）')
    .replaceAll('｜', '|')
    .replaceAll(',', '，')

/** A figure as it stands between words while they are edited: its name in double braces, behind a stroke how it is said. */
export const markOf = (names: Names, figure: Pick<Figure, 'id' | 'style'>): string => {
  const style = figure.style && t(`reports.styles.${figure.style}`)
  return `{{${names.nameOf.get(figure.id) ?? figure.id}${style ? `|${style}` : ''}}}`
}

/** A sentence as it is edited. */
export const editable = (names: Names, runs: readonly Run[]): string =>
  runs.map((run) => (run.figure ? markOf(names, run.figure) : (run.text ?? ''))).join('')

const marks = /(?:\{\{|｛｛)(.*?)(?:\}\}|｝｝)/g

/** What was written as words and figures; the marks by which no figure is called. */
export function parsed(names: Names, text: string): { runs: Run[]; unknown: string[] } {
  const runs: Run[] = []
  const unknown: string[] = []
  const say = (words: string) => {
    if (/\{\{|｛｛|\}\}|｝｝/.test(words)) unknown.push(words.trim().slice(0, 30))
    if (words) runs.push({ text: words })
  }
  let at = 0
  for (const match of text.matchAll(marks)) {
    say(text.slice(at, match.index))
    at = match.index + match[0].length
    const [name = '', style = ''] = plainMark(match[1] ?? '').split('|')
    const figure = names.byName.get(name)
    const how = spoken(style)
    if (!figure || how === undefined) unknown.push(match[0])
    else
      runs.push({
        figure: {
          id: figure.id,
          unit: figure.unit,
          name: figure.name,
          value: {},
          written: '',
          pending: 0,
          ...(how ? { style: how } : {}),
        },
      })
  }
  say(text.slice(at))
  return { runs, unknown }
}

/** What changed from one version to another, in sentences. */
export interface Difference {
  kind: 'added' | 'dropped' | 'changed' | 'number'
  where: string
  was: string
  now: string
}

/** The sentences of a document by part and key, with the heading that they stand under. */
function sentences(document: Document): Map<string, { where: string; text: string }> {
  const out = new Map<string, { where: string; text: string }>()
  const put = (key: string, where: string, text: string) => {
    let own = key
    for (let n = 2; out.has(own); n++) own = `${key}#${n}`
    out.set(own, { where, text })
  }
  put('title', t('reports.titleField'), document.title)
  for (const part of document.parts)
    for (const section of part.sections) {
      const where = section.title || part.title
      put(`${part.key}/${section.key}`, part.title, section.title ?? '')
      for (const paragraph of section.paragraphs)
        put(`${part.key}/${section.key}/${paragraph.key}`, where, plainText(paragraph.runs))
    }
  return out
}

/** How a number stands where one was put in its place. */
const instead = (figure: Figure | undefined) =>
  figure?.override && `${exactText(figure, figure.value)}|${figure.override.reason}`

export function differences(before: Document, after: Document): Difference[] {
  const [was, now] = [sentences(before), sentences(after)]
  const out: Difference[] = []
  for (const [key, one] of now) {
    const old = was.get(key)
    if (!old) {
      if (one.text) out.push({ kind: 'added', where: one.where, was: '', now: one.text })
    } else if (old.text !== one.text) out.push({ kind: 'changed', where: one.where, was: old.text, now: one.text })
  }
  for (const [key, one] of was)
    if (!now.has(key) && one.text) out.push({ kind: 'dropped', where: one.where, was: one.text, now: '' })
  const [a, b] = [figuresOf(before), figuresOf(after)]
  for (const [id, figure] of b) {
    const old = a.get(id)
    if (old && instead(old) !== instead(figure))
      out.push({
        kind: 'number',
        where: figure.name,
        was: exactText(old, old.value),
        now: exactText(figure, figure.value),
      })
  }
  return out
}

/** What has to be put in the place of counted numbers, or taken back, so that a document stands as an earlier one did. */
export function overridesBack(
  now: Document,
  then: Document,
): { figure: string; value: number | null; reason: string }[] {
  const before = figuresOf(then)
  const out: { figure: string; value: number | null; reason: string }[] = []
  for (const [id, figure] of figuresOf(now)) {
    const old = before.get(id)
    if (figure.withheld || old?.withheld || instead(old) === instead(figure)) continue
    if (old?.override) out.push({ figure: id, value: old.override.value, reason: old.override.reason })
    else if (figure.override) out.push({ figure: id, value: null, reason: '' })
  }
  return out
}

/** Overridden figures, each once. */
export const overridden = (document: Document): Figure[] =>
  [...figuresOf(document).values()].filter((figure) => figure.override)

export type { Paragraph }
