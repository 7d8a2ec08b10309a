import type { Schemas } from '@/api/client'
import { fieldOf, type Form, type Indicator, type Section } from '@/domain/catalogue'
import { label, language, t, type TextKey } from '@/texts'
import { placeOf } from './draft'
import type { Own } from './own'

type Problem = Schemas['CatalogueProblem']

/** What was found at a question of a form; without one, what is wrong with the form itself. */
export const problemsAt = (all: readonly Problem[], form: string, field?: string): Problem[] =>
  all.filter((one) => {
    const at = placeOf(one.path)
    return at.form === form && at.field === field
  })

/** A problem as it stands at its question: with the choice that it is about. */
export function problemText(problem: Problem, sent: Own, forms: readonly Form[]): string {
  const said = language.value === 'en' ? problem.reason : problem.message
  const { form, field, choice } = placeOf(problem.path)
  if (!form || !field || choice === undefined) return said
  const key = sent.retouch?.[form]?.fields?.[field]?.choices?.[choice]?.key
  const one = fieldOf(
    forms.find((each) => each.id === form),
    field,
  )?.choices?.find((each) => each.key === key)
  return one ? t('ownforms.place', { form: label(one.label), field: said }) : said
}

/** Where a problem is, in words; empty where it is in nothing that the page shows. */
export function placeText(problem: Problem, forms: readonly Form[]): string {
  const { form: id, field: key } = placeOf(problem.path)
  const form = forms.find((one) => one.id === id)
  if (!form) return [problem.file, problem.line].filter(Boolean).join(':')
  const field = key ? label(fieldOf(form, key)?.label) || key : t('ownforms.whole')
  return t('ownforms.place', { form: label(form.name), field })
}

/** What one change does, in words. `forms` are those that would be published. */
export function changeText(
  one: Schemas['CatalogueChange'],
  forms: readonly Form[],
  indicators: readonly Indicator[],
  sections: readonly Section[],
): string {
  const form = forms.find((each) => each.id === one.form)
  const field = one.field ? fieldOf(form, one.field) : undefined
  return t(`ownforms.change.${one.what}` as TextKey, {
    form: label(form?.name) || (one.form ?? ''),
    field: label(field?.label) || (one.field ?? ''),
    choice: label(field?.choices?.find((each) => each.key === one.choice)?.label) || (one.choice ?? ''),
    indicator: indicatorName(one.indicator ?? '', indicators),
    section: label(sections.find((each) => each.id === one.section)?.name) || (one.section ?? ''),
  })
}

export const indicatorName = (id: string, indicators: readonly Indicator[]): string =>
  label(indicators.find((one) => one.id === id)?.name) || id

/** Names of indicators as a sentence has them: those that a reader sees, each once, and not a hundred of them. */
export function indicatorNames(ids: readonly string[], indicators: readonly Indicator[], most = 8): string {
  const names = [
    ...new Set(
      ids.filter((id) => !indicators.find((one) => one.id === id)?.hidden).map((id) => indicatorName(id, indicators)),
    ),
  ]
  const more = names.length > most ? '…' : ''
  return names.slice(0, most).join(t('field.comma')) + more
}
