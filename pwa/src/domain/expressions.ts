import type { Form } from './catalogue'
import type { Content } from './content'

/** Evaluates the catalogue's conditions and computed values: CEL (https://cel.dev) over the fields of a form. docs/catalogue.md. */
export interface Engine {
  holds(form: Form, source: string, content: Content): boolean
  /** Whether a content is known not to meet a condition; one that cannot be evaluated fails nothing. */
  fails(form: Form, source: string, content: Content): boolean
  names(form: Form, source: string): string[]
  equalities(form: Form, source: string): Content
  derive(form: Form, content: Content): Content
}

let engine: Engine | undefined
let coming: Promise<void> | undefined

/** The engine comes in a chunk of its own, for the first page needs none; every page that asks a condition waits for it. */
export function expressionsReady(): Promise<void> {
  coming ??= import('./cel').then(
    (chunk) => {
      engine = chunk.engine
    },
    (error: unknown) => {
      coming = undefined // without a network once: the next page asks again
      throw error
    },
  )
  return coming
}

/** Whether conditions can be asked already. */
export const expressionsHere = (): boolean => engine !== undefined

export function ready(): Engine {
  if (!engine) throw new Error('a condition is asked before expressionsReady()')
  return engine
}

/** Whether a condition of the catalogue holds for a content of the form; none at all holds always. */
export const holds = (form: Form, condition: string | undefined, content: Content): boolean =>
  condition === undefined || ready().holds(form, condition, content)

/** Whether a content is known not to meet a condition; one that cannot be evaluated fails nothing. */
export const fails = (form: Form, condition: string, content: Content): boolean =>
  ready().fails(form, condition, content)

/** The fields that a condition names, in its order. */
export const namesIn = (form: Form, condition: string | undefined): string[] =>
  condition === undefined ? [] : ready().names(form, condition)

/** The values that a content must have to meet a condition: what it says by equality, all of it where it is joined by "and". */
export const equalities = (form: Form, condition: string | undefined): Content =>
  condition === undefined ? {} : ready().equalities(form, condition)
