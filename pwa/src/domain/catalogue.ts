import type { RecordType, Value } from './content'

/** The catalogue as it comes from the server: forms, registers and indicators as data. docs/catalogue.md. */
export interface Text {
  zh: string
  en?: string
}

/** The format of the definitions that this app reads; an older app goes on with the catalogue that it has. */
export const catalogueFormat = 2

export type FieldType =
  | 'text'
  | 'long_text'
  | 'phone'
  | 'integer'
  | 'money'
  | 'date'
  | 'one'
  | 'many'
  | 'yes_no'
  | 'household'
  | 'entry'
  | 'people'
  | 'items'

/** An expression in CEL over a form's fields that is true or false: ./expressions. */
export type Condition = string

export interface Field {
  key: string
  type: FieldType
  label: Text
  required?: boolean
  hint?: Text
  default?: Value
  preset?: 'last_today'
  screen?: number
  folded?: boolean
  hidden?: boolean
  personal?: boolean
  sensitive?: boolean
  choices?: { key: string; label: Text }[]
  visible?: Condition
  min?: number
  max?: number
  unit?: Text
}

export interface Offer {
  form: string
  label: Text
  when?: Condition
  carry?: Record<string, string>
  map?: { from: string; to: string; values: Record<string, string> }[]
}

export type Level = 'province' | 'city' | 'county' | 'township' | 'village'

export interface Form {
  id: string
  version: number
  name: Text
  action: Text
  icon: string
  order: number
  levels?: Level[]
  summary: string[]
  save?: Text
  more?: Text
  fields: Field[]
  require_any?: string[][]
  sensitive?: Condition
  urgent?: { when: Condition; advice: Text }
  offers?: Offer[]
  due?: { on: string; form: string; same: string; where?: Condition }
}

export interface Indicator {
  id: string
  name: Text
  unit?: Text
  definition: Text
  measure: 'count' | 'sum' | 'distinct' | 'ratio'
  display?: 'integer' | 'percent' | 'wan_yuan' | 'yuan'
  groups?: string[]
  sources?: { form: string; value?: { field?: string; items?: string } }[]
  numerator?: string
  denominator?: string
  sensitive?: boolean | string[]
  hidden?: boolean
  order: number
}

export interface Catalogue {
  hash: string
  forms: Form[]
  registers: Form[]
  indicators: Indicator[]
}

/** The form of an entry or the register of a household or person. */
export function definition(catalogue: Catalogue, type: RecordType, form?: string): Form | undefined {
  return type === 'entry'
    ? catalogue.forms.find((one) => one.id === form)
    : catalogue.registers.find((one) => one.id === type)
}

export const fieldOf = (form: Form | undefined, key: string): Field | undefined =>
  form?.fields.find((field) => field.key === key)

export const screenOf = (field: Field): number => field.screen ?? 1
