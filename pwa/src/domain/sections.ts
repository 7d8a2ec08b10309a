import type { Form, Section } from './catalogue'

/** Forms under the section that each is in, in the order of both; a section without forms is left out. */
export interface InSection {
  /** None for forms of a catalogue that knows no sections. */
  section?: Section
  forms: Form[]
}

export function bySection(forms: readonly Form[], sections: readonly Section[]): InSection[] {
  const sorted = [...forms].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
  const out: InSection[] = [...sections]
    .sort((a, b) => a.order - b.order)
    .map((section) => ({ section, forms: sorted.filter((form) => form.section === section.id) }))
  out.push({ forms: sorted.filter((form) => !sections.some((section) => section.id === form.section)) })
  return out.filter((one) => one.forms.length)
}

/** What a list is narrowed to: a form by its id, or all forms of a section by `section:` and its id. */
const mark = 'section:'
export const wholeSection = (section: Section): string => mark + section.id

/** Whether a form is within what was picked; `''` picks all. */
export const picked = (pick: string, form: Form | undefined): boolean =>
  pick === '' || form?.id === pick || (!!form?.section && pick === mark + form.section)
