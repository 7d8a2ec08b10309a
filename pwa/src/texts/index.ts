import { ref, watchEffect } from 'vue'
import { en } from './en'
import { zh } from './zh'

export type Language = 'zh' | 'en'
export type Texts = typeof zh

type Leaf<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : T[K] extends object ? Leaf<T[K], `${P}${K}.`> : never
}[keyof T & string]

export type TextKey = Leaf<Texts>

const tables: Record<Language, Texts> = { zh, en }
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

export function setLanguage(to: Language): void {
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
  let node: unknown = tables[language.value]
  for (const part of key.split('.')) node = (node as Record<string, unknown>)[part]
  return fill(node as string, values)
}

/** The sentence for an error or outcome code; an unknown code has the general one. */
export function errorText(code: string | undefined): string {
  const table = tables[language.value].error
  return (code && table[code]) || table.unknown!
}

/** A text of the catalogue in the reader's language. */
export function label(text: { zh: string; en?: string } | undefined): string {
  if (!text) return ''
  return language.value === 'en' ? text.en || text.zh : text.zh
}
