import { strings } from '@/domain/content'
import { formOf } from '@/state/places'
import { view } from '@/state/records'

/** How a record of a register is called: the first field of its summary. `""` where it is not on this phone. */
export function recordName(entity: string | undefined): string {
  const one = view(entity)
  if (!one) return ''
  const key = formOf(one.type, one.form)?.summary[0]
  return (key && strings(one.content[key])[0]) || ''
}

/** Names of households and persons; an online page gives its own, because its records are not on the phone. */
export type NameOf = (entity: string) => string
