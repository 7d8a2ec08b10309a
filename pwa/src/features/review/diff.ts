import { same } from '@/domain/canonical'
import type { Field, Form } from '@/domain/catalogue'
import type { Content, Value } from '@/domain/content'

export interface FieldChange {
  key: string
  field?: Field
  before?: Value
  after?: Value
}

/** The fields that differ between two contents, in the form's order; keys that the form no longer has come last. */
export function fieldChanges(form: Form | undefined, before: Content, after: Content): FieldChange[] {
  const known = form?.fields ?? []
  const keys = [
    ...known.map((field) => field.key),
    ...[...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((key) => !known.some((field) => field.key === key))
      .sort(),
  ]
  return keys
    .filter((key) => !same(before[key], after[key]))
    .map((key) => ({
      key,
      field: known.find((field) => field.key === key),
      before: before[key],
      after: after[key],
    }))
}
