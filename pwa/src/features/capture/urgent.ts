import type { Form } from '@/domain/catalogue'
import type { Content } from '@/domain/content'
import { holds, namesIn } from '@/domain/expressions'

/**
 * The field whose answer makes an entry urgent: without it, it would not be. Where each of several answers is enough, or
 * none of them has been given, the first that is asked.
 */
export function causeOf(form: Form, content: Content): string | undefined {
  const when = form.urgent?.when
  const names = namesIn(form, when)
  const needed = (key: string) =>
    !holds(form, when, Object.fromEntries(Object.entries(content).filter(([other]) => other !== key)))
  return (names.length > 1 && holds(form, when, content) && names.find(needed)) || names[0]
}
