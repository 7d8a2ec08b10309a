import { ref, shallowReactive, watchEffect, type Component } from 'vue'
import type { office as Office } from './office'
import { zh } from './zh'

export type Language = 'zh' | 'en'
export type Texts = typeof zh
type All = Texts & (typeof Office)['zh']

type Leaf<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : T[K] extends object ? Leaf<T[K], `${P}${K}.`> : never
}[keyof T & string]

export type TextKey = Leaf<All>

/** English comes when it is asked for: most phones never need it. */
const tables = shallowReactive<{ zh: Texts; en?: Texts }>({ zh })
const table = (): Texts => tables[language.value] ?? zh
const office = shallowReactive<Partial<typeof Office>>({})

export async function officeTexts(): Promise<void> {
  Object.assign(office, (await import('./office')).office)
}

/** A page that says something of the office's texts, with them. */
export const withOfficeTexts =
  (page: () => Promise<unknown>): (() => Promise<Component>) =>
  async () => {
    const [component] = await Promise.all([page(), officeTexts()])
    return component as Component
  }

const remembered = (): Language => {
  try {
    return localStorage.getItem('niangjia.language') === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh'
  }
}

export const language = ref<Language>(remembered())

watchEffect(() => {
  if (typeof document !== 'undefined') document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
})

async function fetchTexts(to: Language): Promise<void> {
  if (to === 'en') tables.en ??= (await import('./en')).en
}

/** Before the first screen is drawn, so that it does not change its language under the reader. */
export const textsReady = (): Promise<void> => fetchTexts(language.value).catch(() => undefined)

export async function setLanguage(to: Language): Promise<void> {
  await fetchTexts(to)
  language.value = to
  try {
    localStorage.setItem('niangjia.language', to)
  } catch {
    // A browser without storage still switches for this visit.
  }
}

function fill(text: string, values?: Record<string, string | number>): string {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text
}

/** The sentence for a key, with `{name}` replaced from `values`; reactive to the language. */
export function t(key: TextKey, values?: Record<string, string | number>): string {
  const [area, ...rest] = key.split('.') as [keyof Texts & keyof (typeof Office)['zh'], ...string[]]
  let node: unknown = table()[area] ?? office[language.value]?.[area]
  for (const part of rest) node = (node as Record<string, unknown>)[part]
  return fill(node as string, values)
}

/** The sentence for an error or outcome code, those of single changes where the office's texts are; an unknown code has the general one. */
export function errorText(code: string | undefined): string {
  const sentences = table().error
  return (code && (sentences[code] ?? office[language.value]?.outcomes?.[code])) || sentences.unknown!
}

/** A text of the catalogue in the reader's language. */
export function label(text: { zh: string; en?: string } | undefined): string {
  if (!text) return ''
  return language.value === 'en' ? text.en || text.zh : text.zh
}
