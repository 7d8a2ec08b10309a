import type { Field, Form } from '@/domain/catalogue'
import type { Changed } from './data'
import { alike, shownForms, shownSections, type Base, type Own } from './own'

/** What one state of the city's own says otherwise than another, in the words of a check; twin of Changes in sync/catalogue. */
export function between(base: Base, was: Own, is: Own): Changed[] {
  const out: Changed[] = []
  for (const one of shownSections(base, is)) {
    const old = shownSections(base, was).find((other) => other.id === one.id)
    if (!alike(old, one)) out.push({ what: old ? 'section_changed' : 'section_added', section: one.id })
  }
  const forms = new Map(shownForms(base, was).map((form) => [form.id, form]))
  for (const form of shownForms(base, is)) {
    const old = forms.get(form.id)
    if (!old) out.push({ what: 'form_added', form: form.id })
    else if (!alike(rest(old, 'version'), rest(form, 'version'))) out.push(...ofForm(old, form))
  }
  for (const one of is.indicators ?? []) {
    const old = [...(was.indicators ?? []), ...(base.indicators ?? [])].find((other) => other.id === one.id)
    if (!alike(old, one)) out.push({ what: old ? 'indicator_changed' : 'indicator_added', indicator: one.id })
  }
  return out
}

const rest = (of: object, ...but: string[]) =>
  Object.fromEntries(Object.entries(of).filter(([key]) => !but.includes(key)))

function ofForm(was: Form, is: Form): Changed[] {
  const form = is.id
  const out: Changed[] = []
  if (!was.hidden !== !is.hidden) out.push({ what: is.hidden ? 'form_hidden' : 'form_shown', form })
  if (was.order !== is.order) out.push({ what: 'form_moved', form })
  for (const field of is.fields) {
    const old = was.fields.find((one) => one.key === field.key)
    if (old) out.push(...ofField(form, old, field))
    else out.push({ what: 'field_added', form, field: field.key })
  }
  if (!alike(rest(was, 'version', 'hidden', 'order', 'fields'), rest(is, 'version', 'hidden', 'order', 'fields')))
    out.push({ what: 'form_changed', form })
  return out
}

function ofField(form: string, was: Field, is: Field): Changed[] {
  const at = { form, field: is.key }
  const out: Changed[] = []
  if (!was.hidden !== !is.hidden) out.push({ what: is.hidden ? 'field_hidden' : 'field_shown', ...at })
  if (!alike(rest(was, 'hidden', 'choices'), rest(is, 'hidden', 'choices'))) out.push({ what: 'field_changed', ...at })
  const came: string[] = []
  for (const one of is.choices ?? []) {
    const old = was.choices?.find((other) => other.key === one.key)
    const choice = one.key
    if (!old) {
      out.push({ what: 'choice_added', ...at, choice })
      continue
    }
    came.push(choice)
    if (!old.hidden !== !one.hidden) out.push({ what: one.hidden ? 'choice_hidden' : 'choice_shown', ...at, choice })
    if (!alike(rest(old, 'hidden'), rest(one, 'hidden'))) out.push({ what: 'choice_renamed', ...at, choice })
  }
  const stayed = (was.choices ?? []).map((one) => one.key).filter((key) => came.includes(key))
  if (!alike(stayed, came)) out.push({ what: 'choices_moved', ...at })
  return out
}
