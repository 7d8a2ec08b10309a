import './hasOwn'
import { Environment, type ASTNode } from '@marcbachmann/cel-js'
import { isEmpty } from './canonical'
import type { Field, FieldType, Form } from './catalogue'
import { isPeople, isPlace, items, strings, type Content, type Value } from './content'
import { isDate } from './dates'
import type { Engine } from './expressions'
import { stepsOf, valueType } from './field'

/** The types of fields' values in an expression; the twin of typesOf in sync/catalogue/condition.go. */
const types: Partial<Record<FieldType, string>> = {
  integer: 'int',
  money: 'int',
  decimal: 'double',
  many: 'list<string>',
  yes_no: 'bool',
  people: 'map<string, dyn>',
  items: 'list<map<string, dyn>>',
  place: 'map<string, dyn>',
  photo: 'list<string>',
  signature: 'list<string>',
  voice: 'list<string>',
}

const whole = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : 0n)

/** A value as CEL takes it; none, or one of another type, is "", 0, false or an empty list. */
function valueIn(field: Field, value: Value | undefined): unknown {
  switch (valueType(field)) {
    case 'integer':
    case 'money':
      return whole(value)
    case 'decimal':
      return Number(whole(value)) / stepsOf(field)
    case 'many':
    case 'photo':
    case 'signature':
    case 'voice':
      return strings(value)
    case 'yes_no':
      return value === true
    case 'people': {
      const people = isPeople(value) ? value : {}
      return { persons: people.persons ?? [], unnamed: whole(people.unnamed) }
    }
    case 'place': {
      const place = isPlace(value) ? value : { lat: 0, lon: 0, accuracy: 0 }
      return { lat: place.lat / 1_000_000, lon: place.lon / 1_000_000, accuracy: whole(place.accuracy) }
    }
    case 'items':
      return items(value).map((one) => ({
        name: one.name ?? '',
        quantity: whole(one.quantity),
        value: whole(one.value),
      }))
    default:
      return typeof value === 'string' ? value : ''
  }
}

interface Program {
  run(variables: object): unknown
  names: string[]
  ast: ASTNode
}

/** What is known of a form's expressions: each is compiled once, however often the form is filled in. */
interface Plan {
  form: Form
  fields: Map<string, Field>
  computed: Field[]
  env: Environment
  programs: Map<string, Program>
  /** The variables of one content, each made when it is first asked for: a form may have sixty of them. */
  Variables: new (from: Derivation, named?: readonly string[]) => object
}

/** A content with its computed values, each evaluated when it is first asked for. Twin of derivation in sync/catalogue/computed.go. */
class Derivation {
  private readonly plan: Plan
  readonly content: Content
  private readonly known = new Map<string, Value | undefined>()
  constructor(plan: Plan, content: Content) {
    this.plan = plan
    this.content = content
  }

  value(field: Field): Value | undefined {
    if (field.type !== 'computed') return this.content[field.key]
    if (this.known.has(field.key)) return this.known.get(field.key)
    this.known.set(field.key, undefined) // a circle, which no checked definition has, ends here
    let value: Value | undefined
    try {
      const { run, names } = program(this.plan, field.value ?? '')
      value = result(field, run(new this.plan.Variables(this, names)))
    } catch {
      // As on the server: what cannot be evaluated on these values is empty.
    }
    this.known.set(field.key, value)
    return value
  }

  /** The fields that are filled: all, or those that are named, so that a computed value does not wait for itself. */
  filled(named?: readonly string[]): Record<string, unknown> {
    const { fields, computed } = this.plan
    const keys = named ?? [...Object.keys(this.content), ...computed.map((field) => field.key)]
    const out: Record<string, unknown> = {}
    for (const key of keys) {
      const field = fields.get(key)
      const value = field && this.value(field)
      if (field && !isEmpty(value)) out[key] = valueIn(field, value)
    }
    return out
  }
}

const half = (value: number, steps: number) => {
  // Half a step is rounded away from nought, by these very operations on both sides.
  const n = Math.floor(Math.abs(value) * steps + 0.5)
  if (!(n <= Number.MAX_SAFE_INTEGER)) return undefined
  return n === 0 || value >= 0 ? n : -n
}

/** What an expression gave as the value of a computed field: none where it gave nothing, or what no value can be. */
function result(field: Field, value: unknown): Value | undefined {
  switch (field.result) {
    case 'yes_no':
      return typeof value === 'boolean' ? value : undefined
    case 'text':
      return typeof value === 'string' && value !== '' && [...value].length <= 2000 ? value : undefined
    case 'date': {
      const day = value instanceof Date ? value.toISOString().slice(0, 10) : value
      return typeof day === 'string' && isDate(day) ? day : undefined
    }
  }
  const steps = stepsOf(field)
  if (typeof value === 'number') return half(value, steps)
  if (typeof value !== 'bigint') return undefined
  const n = value * BigInt(steps)
  return n <= Number.MAX_SAFE_INTEGER && n >= -Number.MAX_SAFE_INTEGER ? Number(n) : undefined
}

const plans = new WeakMap<Form, Plan>()

function planOf(form: Form): Plan {
  const known = plans.get(form)
  if (known) return known
  let env = new Environment().registerVariable('entry', 'map<string, dyn>')
  const fields = new Map<string, Field>()
  const of = new WeakMap<object, { from: Derivation; named?: readonly string[] }>()
  class Variables {
    constructor(from: Derivation, named?: readonly string[]) {
      of.set(this, { from, named })
    }
  }
  const define = (key: string, get: (from: Derivation, named?: readonly string[]) => unknown) =>
    Object.defineProperty(Variables.prototype, key, {
      get(this: object) {
        const { from, named } = of.get(this)!
        return get(from, named)
      },
    })
  for (const field of form.fields) {
    if (field.type === 'note' || fields.has(field.key)) continue
    fields.set(field.key, field)
    env = env.registerVariable(field.key, types[valueType(field) ?? 'text'] ?? 'string')
    define(field.key, (from) => valueIn(field, from.value(field)))
  }
  define('entry', (from, named) => from.filled(named))
  const computed = form.fields.filter((field) => field.type === 'computed')
  const plan = { form, fields, computed, env, programs: new Map<string, Program>(), Variables }
  plans.set(form, plan)
  return plan
}

function program(plan: Plan, source: string): Program {
  let one = plan.programs.get(source)
  if (!one) {
    const parsed = plan.env.parse(source)
    one = { run: (variables) => parsed(variables), names: namesIn(parsed.ast, plan.fields), ast: parsed.ast }
    plan.programs.set(source, one)
  }
  return one
}

/** The fields that an expression names, in its order; of entry.field the field. */
function namesIn(node: ASTNode, fields: Map<string, Field>): string[] {
  const found = new Set<string>()
  const isEntry = (part: unknown) => {
    const { op, args } = (part ?? {}) as { op?: string; args?: unknown }
    return op === 'id' && args === 'entry'
  }
  const look = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(look)
    else if (part && typeof part === 'object' && 'op' in part) {
      const { op, args } = part as { op: string; args: unknown }
      if (op === 'id' && fields.has(args as string)) found.add(args as string)
      if (op === '.' && Array.isArray(args) && isEntry(args[0]) && fields.has(args[1] as string))
        found.add(args[1] as string)
      look(args)
    }
  }
  look(node)
  return [...found]
}

type Part = { op?: string; args?: unknown } | undefined

/** The field that a part of an expression is, by its name or as one of those that are filled. */
function fieldIn(part: Part, fields: Map<string, Field>): Field | undefined {
  const args = part?.args
  if (part?.op === 'id') return fields.get(args as string)
  if (part?.op !== '.' || !Array.isArray(args)) return undefined
  const [of, key] = args as [Part, string]
  return of?.op === 'id' && of.args === 'entry' ? fields.get(key) : undefined
}

/** A literal as the field stores it; a decimal is stored in steps. */
function literal(field: Field, part: Part): Value | undefined {
  const given = part?.op === 'value' ? part.args : undefined
  if (typeof given === 'string') return given
  if (typeof given === 'boolean') return given
  if (typeof given === 'bigint') return Number(given) * stepsOf(field)
  return undefined
}

/** What a condition says by equality, where all of it has to hold; of a field that takes many, those that must be among them. */
function equalitiesIn(node: Part, fields: Map<string, Field>, out: Content): void {
  const args = Array.isArray(node?.args) ? (node.args as Part[]) : []
  const put = (field: Field | undefined, value: Value | undefined) => {
    if (field && value !== undefined) out[field.key] = value
  }
  switch (node?.op) {
    case '&&':
      for (const part of args) equalitiesIn(part, fields, out)
      break
    case '==': {
      const [a, b] = args
      const field = fieldIn(a, fields) ?? fieldIn(b, fields)
      if (field && valueType(field) !== 'many') put(field, literal(field, fieldIn(a, fields) ? b : a))
      break
    }
    case 'in': {
      const [value, of] = args
      const field = fieldIn(of, fields)
      const one = field && literal(field, value)
      if (field && valueType(field) === 'many' && typeof one === 'string') put(field, [...strings(out[field.key]), one])
      break
    }
    default: {
      const field = fieldIn(node, fields)
      if (field && valueType(field) === 'yes_no') put(field, true)
    }
  }
}

/** What a condition gives on a content; `undefined` where it cannot be evaluated. */
function evaluated(form: Form, source: string, content: Content): unknown {
  try {
    const plan = planOf(form)
    return program(plan, source).run(new plan.Variables(new Derivation(plan, content)))
  } catch {
    return undefined
  }
}

export const engine: Engine = {
  // As on the server: what cannot be evaluated on these values does not hold, and fails nothing.
  holds: (form, source, content) => evaluated(form, source, content) === true,
  fails: (form, source, content) => evaluated(form, source, content) === false,
  names: (form, source) => program(planOf(form), source).names,
  equalities(form, source) {
    const out: Content = {}
    try {
      const plan = planOf(form)
      equalitiesIn(program(plan, source).ast, plan.fields, out)
    } catch {
      // A condition that this app cannot read presets nothing.
    }
    return out
  },
  derive(form, content) {
    const plan = planOf(form)
    const from = new Derivation(plan, content)
    const out = { ...content }
    for (const field of plan.computed) {
      const value = from.value(field)
      if (value === undefined) delete out[field.key]
      else out[field.key] = value
    }
    return out
  },
}
