import { Environment, type ASTNode } from '@marcbachmann/cel-js'
import { isEmpty } from './canonical'
import type { Field, FieldType, Form } from './catalogue'
import { isPeople, items, strings, type Content, type Value } from './content'
import type { Engine } from './expressions'

/** The types of fields' values in an expression; the twin of typesOf in sync/catalogue/condition.go. */
const types: Partial<Record<FieldType, string>> = {
  integer: 'int',
  money: 'int',
  many: 'list<string>',
  yes_no: 'bool',
  people: 'map<string, dyn>',
  items: 'list<map<string, dyn>>',
}

const whole = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : 0n)

/** A value as CEL takes it; none, or one of another type, is "", 0, false or an empty list. */
function valueIn(type: FieldType, value: Value | undefined): unknown {
  switch (type) {
    case 'integer':
    case 'money':
      return whole(value)
    case 'many':
      return strings(value)
    case 'yes_no':
      return value === true
    case 'people': {
      const people = isPeople(value) ? value : {}
      return { persons: people.persons ?? [], unnamed: whole(people.unnamed) }
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

function variables(fields: readonly Field[], content: Content): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  const entry: Record<string, unknown> = {}
  for (const field of fields) {
    const value = valueIn(field.type, content[field.key])
    out[field.key] = value
    if (!isEmpty(content[field.key])) entry[field.key] = value
  }
  return { ...out, entry }
}

interface Program {
  run(content: Content): unknown
  names: string[]
}

const environments = new WeakMap<Form, { env: Environment; programs: Map<string, Program> }>()

function environment(form: Form) {
  let known = environments.get(form)
  if (!known) {
    let env = new Environment().registerVariable('entry', 'map<string, dyn>')
    for (const field of form.fields) env = env.registerVariable(field.key, types[field.type] ?? 'string')
    known = { env, programs: new Map() }
    environments.set(form, known)
  }
  return known
}

function program(form: Form, source: string): Program {
  const { env, programs } = environment(form)
  let one = programs.get(source)
  if (!one) {
    const parsed = env.parse(source)
    one = { run: (content) => parsed(variables(form.fields, content)), names: namesIn(parsed.ast, form) }
    programs.set(source, one)
  }
  return one
}

/** The fields that an expression names, in its order. */
function namesIn(node: ASTNode, form: Form): string[] {
  const found = new Set<string>()
  const look = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(look)
    else if (part && typeof part === 'object' && 'op' in part) {
      const { op, args } = part as { op: string; args: unknown }
      if (op === 'id' && form.fields.some((field) => field.key === args)) found.add(args as string)
      if (op === '.' && Array.isArray(args) && form.fields.some((field) => field.key === args[1]))
        found.add(args[1] as string)
      look(args)
    }
  }
  look(node)
  return [...found]
}

export const engine: Engine = {
  holds(form, source, content) {
    try {
      return program(form, source).run(content) === true
    } catch {
      // As on the server: what cannot be evaluated on these values does not hold.
      return false
    }
  },
  names: (form, source) => program(form, source).names,
}
