import { isPeople, strings, type Content, type RecordType } from '@/domain/content'

export interface Held {
  entity: string
  type: RecordType
  content: Content
}

/**
 * How many things wait to be sent, as people count them: an entry is one, with its new household and people and
 * however often it was changed; a decision on an entry is one; a household or a person counts where no entry brings it.
 */
export function countWaiting(held: Held[]): number {
  const brought = new Set<string>()
  const mention = (content: Content) => {
    for (const value of Object.values(content)) {
      for (const id of isPeople(value) ? (value.persons ?? []) : strings(value)) brought.add(id)
    }
  }
  const of = (type: RecordType) => held.filter((one) => one.type === type)
  for (const entry of of('entry')) mention(entry.content)
  for (const person of of('person')) if (brought.has(person.entity)) mention(person.content)
  const households = of('household').filter((one) => !brought.has(one.entity))
  for (const household of of('household')) brought.add(household.entity)
  const persons = of('person').filter(
    (one) => !brought.has(one.entity) && !strings(one.content.household).some((id) => brought.has(id)),
  )
  return of('entry').length + households.length + persons.length
}
