import type { RecordType, Value } from './content'

/** The catalogue as it comes from the server: forms, registers and indicators as data. docs/catalogue.md. */
export interface Text {
  zh: string
  en?: string
}

/** The format of the definitions that this app reads; an older app goes on with the catalogue that it has. */
export const catalogueFormat = 3

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
  | 'decimal'
  | 'month'
  | 'unit'
  | 'person'
  | 'place'
  | 'photo'
  | 'signature'
  | 'voice'
  | 'computed'
  | 'note'

/** An expression in CEL over a form's fields that is true or false: ./expressions. */
export type Condition = string

export interface Section {
  id: string
  order: number
  name: Text
}

/** A rule that an entry keeps before it is submitted, told at a field. */
export interface Check {
  rule: Condition
  field: string
  message: Text
}

/** A choice that is hidden is offered no more; entries that have it still read and count it. */
export interface ChoiceOf {
  key: string
  label: Text
  hidden?: boolean
}

export interface Field {
  key: string
  type: FieldType
  label: Text
  required?: boolean
  hint?: Text
  default?: Value
  preset?: 'last_today' | 'last'
  screen?: number
  folded?: boolean
  hidden?: boolean
  personal?: boolean
  sensitive?: boolean
  choices?: ChoiceOf[]
  visible?: Condition
  /** A number, in steps where it is a decimal; of a date `today`, `today-N`, `today+N` or a day. */
  min?: number | string
  /** The same; of photos and voice notes how many. */
  max?: number | string
  unit?: Text
  /** Digits after the point of a decimal, whose value is an integer of such steps. */
  scale?: number
  /** Of a unit: only units of this level. */
  level?: Level
  /** Of a computed field: CEL. */
  value?: string
  /** Of a computed field: the type of its value. */
  result?: FieldType
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
  section?: string
  levels?: Level[]
  /** Nobody begins one any more; what was recorded is still read, reviewed and counted. */
  hidden?: boolean
  summary: string[]
  save?: Text
  more?: Text
  fields: Field[]
  require_any?: string[][]
  checks?: Check[]
  sensitive?: Condition
  urgent?: { when: Condition; advice: Text }
  offers?: Offer[]
  due?: { on: string; form: string; same: string; where?: Condition }
  /** Entries add `value` up by the household `of`; one for which `spent` holds takes it away. Never below nought unseen. */
  balance?: { of: string; value: string; spent: Condition }
}

/** Where an indicator counts from. */
export interface SourceOf {
  form: string
  where?: Condition
  /** Of the units whose entries count; all where there is none. */
  levels?: Level[]
  /** The field of its day, occurred_on where none is named. */
  date?: string
  /** It counts only in spans that hold this day too. */
  since?: string
  until?: string
  /** What a sum takes. One of all but `else` is there. */
  value?: {
    field?: string
    size?: string
    heads?: string
    else?: number
    unnamed?: string
    items?: string
    days?: string[]
  }
  key?: string
  fulfilled?: boolean
}

export interface Indicator {
  id: string
  name: Text
  unit?: Text
  definition: Text
  measure: 'count' | 'sum' | 'distinct' | 'ratio' | 'standing' | 'coverage' | 'median'
  display?: 'integer' | 'percent' | 'decimal' | 'wan_yuan' | 'yuan'
  /** Decimals of a display of that name. */
  scale?: number
  /** Fields, or two of them: `title+level`. */
  groups?: string[]
  sources?: SourceOf[]
  numerator?: string
  denominator?: string
  /** Of the units that a coverage is of. */
  level?: Level
  /** The indicator that is always shown beside this one. */
  beside?: string
  sensitive?: boolean | string[]
  hidden?: boolean
  order: number
}

export interface Catalogue {
  hash: string
  sections?: Section[]
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
