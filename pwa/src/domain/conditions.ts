import type { Condition, Test } from './catalogue'
import { isEmpty } from './canonical'
import { strings, type Content } from './content'

function holdsTest(test: Test, content: Content): boolean {
  const value = content[test.field]
  if (test.filled !== undefined) return !isEmpty(value) === test.filled
  const chosen = strings(value)
  if (test.in) return chosen.some((key) => test.in!.includes(key))
  if (test.not_in) return !chosen.some((key) => test.not_in!.includes(key))
  return false
}

/** Whether a condition of the catalogue holds; none at all holds always. */
export function holds(condition: Condition | undefined, content: Content): boolean {
  if (!condition) return true
  if (condition.all) return condition.all.every((test) => holdsTest(test, content))
  if (condition.any) return condition.any.some((test) => holdsTest(test, content))
  return true
}
