import type { ChoiceOf, Field, Form, Indicator, Section, Text } from '@/domain/catalogue'

/**
 * What a city has made of the catalogue that came with the program, as the server keeps it: forms, indicators and
 * sections of its own, whole, and a retouch of single forms. docs/catalogue.md. Nothing here changes in place.
 */
export interface Own {
  forms?: Form[]
  indicators?: Indicator[]
  sections?: Section[]
  retouch?: Record<string, Retouch>
}

export interface Retouch {
  hidden?: boolean
  order?: number
  fields?: Record<string, FieldRetouch>
}

export interface FieldRetouch {
  hint?: Text
  hidden?: boolean
  /** The whole list in the order that is wanted; those of the form that it does not name come after it. */
  choices?: ChoiceRetouch[]
}

export interface ChoiceRetouch {
  key: string
  hidden?: boolean
  /** Of a choice that the form itself does not have. */
  label?: Text
}

export interface Base {
  forms: Form[]
  sections?: Section[]
  indicators?: Indicator[]
}

/** Whether two say the same, in whatever order their keys stand. */
export const alike = (a: unknown, b: unknown): boolean => written(a) === written(b)

const written = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, one: unknown) =>
    isTree(one)
      ? Object.fromEntries(
          Object.keys(one)
            .sort()
            .map((key) => [key, one[key]]),
        )
      : one,
  )

/** A form before any retouch: the city's own where it has defined it, else the one that came with the program. */
export const plain = (base: Base, own: Own, id: string): Form | undefined =>
  own.forms?.find((form) => form.id === id) ?? base.forms.find((form) => form.id === id)

/** All forms before any retouch. */
export function plainForms(base: Base, own: Own): Form[] {
  const mine = own.forms ?? []
  const ids = new Set(mine.map((form) => form.id))
  return [...base.forms.filter((form) => !ids.has(form.id)), ...mine]
}

/** The choices as they are offered: the listed first, in that order, then those of the form that the list leaves out. */
export function choicesOf(field: Field, retouch: FieldRetouch | undefined): ChoiceOf[] {
  const given = field.choices ?? []
  const listed = (retouch?.choices ?? []).map((one): ChoiceOf => {
    const known = given.find((choice) => choice.key === one.key)
    const shown = { key: one.key, label: known?.label ?? one.label ?? { zh: one.key } }
    return one.hidden ? { ...shown, hidden: true } : shown
  })
  return [...listed, ...given.filter((choice) => !listed.some((one) => one.key === choice.key))]
}

/** A form with what the city has retouched, as it goes to the phones. */
export function retouched(form: Form, retouch: Retouch | undefined): Form {
  if (!retouch) return form
  const out: Form = {
    ...form,
    order: retouch.order ?? form.order,
    fields: form.fields.map((field) => {
      const of = retouch.fields?.[field.key]
      if (!of) return field
      const next: Field = { ...field }
      if (of.hint) next.hint = of.hint
      if (of.hidden) next.hidden = true
      if (of.choices) next.choices = choicesOf(field, of)
      return next
    }),
  }
  if (retouch.hidden) out.hidden = true
  return out
}

/** All forms as they would go to the phones. */
export const shownForms = (base: Base, own: Own): Form[] =>
  plainForms(base, own).map((form) => retouched(form, own.retouch?.[form.id]))

/** The sections of both, the city's own in the place of those of the same id. */
export function shownSections(base: Base, own: Own): Section[] {
  const mine = own.sections ?? []
  return [...(base.sections ?? []).filter((one) => !mine.some((other) => other.id === one.id)), ...mine]
}

/** The object without keys that say nothing; none where nothing is left. */
function lean<T extends object>(object: T): T | undefined {
  const left = Object.entries(object).filter(
    ([, value]) =>
      value !== undefined &&
      value !== false &&
      !(typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.keys(value).length),
  )
  return left.length ? (Object.fromEntries(left) as T) : undefined
}

function withForm(own: Own, id: string, change: (old: Retouch) => Retouch): Own {
  const retouch = { ...own.retouch }
  const next = lean(change(retouch[id] ?? {}))
  if (next) retouch[id] = next
  else delete retouch[id]
  const out = { ...own, retouch }
  if (!Object.keys(retouch).length) delete (out as Own).retouch
  return out
}

const withField = (own: Own, form: string, key: string, change: (old: FieldRetouch) => FieldRetouch): Own =>
  withForm(own, form, (old) => {
    const fields = { ...old.fields }
    const next = lean(change(fields[key] ?? {}))
    if (next) fields[key] = next
    else delete fields[key]
    return { ...old, fields }
  })

export const hideForm = (own: Own, id: string, hidden: boolean): Own => withForm(own, id, (old) => ({ ...old, hidden }))

export const hideField = (own: Own, form: string, key: string, hidden: boolean): Own =>
  withField(own, form, key, (old) => ({ ...old, hidden }))

/** A text as it is sent: where nobody wrote the English, the Chinese stands for it. */
export const textOf = (zh: string, en: string): Text => ({ zh: zh.trim(), en: en.trim() || zh.trim() })

/** Another hint; an empty one, or the form's own, is the form's own again. */
export function setHint(base: Base, own: Own, form: string, key: string, zh: string, en: string): Own {
  const given = plain(base, own, form)?.fields.find((field) => field.key === key)?.hint
  const hint = zh.trim() ? textOf(zh, en) : undefined
  const kept = hint && !(given && given.zh === hint.zh && (given.en || given.zh) === hint.en)
  return withField(own, form, key, (old) => ({ ...old, hint: kept ? hint : undefined }))
}

/** One place up or down among the forms of its section: they exchange their places on the home page. */
export function moveForm(base: Base, own: Own, id: string, by: -1 | 1): Own {
  const all = shownForms(base, own)
  const section = all.find((form) => form.id === id)?.section
  const list = all.filter((form) => form.section === section).sort(byOrder)
  const at = list.findIndex((form) => form.id === id)
  const to = at + by
  if (at < 0 || to < 0 || to >= list.length) return own
  // Two forms with one number stand by their names: each needs a number of its own before they can change places.
  const places: number[] = []
  for (const form of list) places.push(Math.max(form.order, (places.at(-1) ?? -Infinity) + 1))
  const next = [...list]
  ;[next[at], next[to]] = [next[to]!, next[at]!]
  return next.reduce((out, form, place) => {
    const order = places[place]!
    return withForm(out, form.id, (old) => ({
      ...old,
      order: order === plain(base, own, form.id)?.order ? undefined : order,
    }))
  }, own)
}

export const byOrder = (a: Form, b: Form): number => a.order - b.order || (a.id < b.id ? -1 : 1)

/** The choices of a field as the page lists them: with whose each is. */
export interface Listed extends ChoiceOf {
  /** Made by the city: its words can be changed. */
  mine: boolean
  /** Not published yet: it can still be taken away. */
  fresh: boolean
}

/** `published` is what is in force: what is in it stays for ever. */
export function listed(base: Base, own: Own, published: Own, form: string, key: string): Listed[] {
  const field = plain(base, own, form)?.fields.find((one) => one.key === key)
  if (!field) return []
  const before = published.retouch?.[form]?.fields?.[key]?.choices ?? []
  return choicesOf(field, own.retouch?.[form]?.fields?.[key]).map((one) => {
    const mine = !field.choices?.some((choice) => choice.key === one.key)
    return { ...one, mine, fresh: mine && !before.some((choice) => choice.key === one.key) }
  })
}

/** Puts a whole list in the place of a field's choices; the form's own list is no retouch. */
function withChoices(base: Base, own: Own, form: string, key: string, list: readonly ChoiceOf[]): Own {
  const given = plain(base, own, form)?.fields.find((one) => one.key === key)?.choices ?? []
  const choices = list.map((one): ChoiceRetouch => {
    const mine = !given.some((choice) => choice.key === one.key)
    return {
      key: one.key,
      ...(one.hidden ? { hidden: true } : {}),
      ...(mine ? { label: one.label } : {}),
    }
  })
  const plainly = given.map((one): ChoiceRetouch => ({ key: one.key, ...(one.hidden ? { hidden: true } : {}) }))
  const kept = !alike(choices, plainly)
  return withField(own, form, key, (old) => ({ ...old, choices: kept ? choices : undefined }))
}

/** Changes the list of a field's choices. */
export function changeChoices(
  base: Base,
  own: Own,
  form: string,
  key: string,
  change: (list: ChoiceOf[]) => ChoiceOf[],
): Own {
  const field = plain(base, own, form)?.fields.find((one) => one.key === key)
  if (!field) return own
  return withChoices(base, own, form, key, change(choicesOf(field, own.retouch?.[form]?.fields?.[key])))
}

export const moved =
  (choice: string, by: -1 | 1) =>
  (list: ChoiceOf[]): ChoiceOf[] => {
    const at = list.findIndex((one) => one.key === choice)
    const to = at + by
    if (at < 0 || to < 0 || to >= list.length) return list
    const out = [...list]
    ;[out[at], out[to]] = [out[to]!, out[at]!]
    return out
  }

const each = (choice: string, change: (one: ChoiceOf) => ChoiceOf) => (list: ChoiceOf[]) =>
  list.map((one) => (one.key === choice ? change(one) : one))

export const hidden = (choice: string, on: boolean) => each(choice, (one) => ({ ...one, hidden: on }))

export const renamed = (choice: string, label: Text) => each(choice, (one) => ({ ...one, label }))

export const without = (choice: string) => (list: ChoiceOf[]) => list.filter((one) => one.key !== choice)

/** A further choice at the end, under a key that the list does not have. */
export const added =
  (label: Text) =>
  (list: ChoiceOf[]): ChoiceOf[] => {
    let n = 1
    while (list.some((one) => one.key === `own_${n}`)) n++
    return [...list, { key: `own_${n}`, label }]
  }

export const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
