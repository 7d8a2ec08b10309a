import type { Schemas } from '@/api/client'
import { unitName } from '@/state/places'
import type { Seat } from '@/state/session'
import { t } from '@/texts'
import { seatText } from './data'

/** What was done to an account, in words; `name` tells who another account is. */
export function eventText(one: Schemas['AccountEvent'], name: (account: string | undefined) => string): string {
  const what = t(`people.event.${one.what}`, { other: name(one.other), n: one.n ?? 0 })
  const seats = (list: readonly Seat[]) => list.map(seatText).join('、')
  return [
    what,
    one.unit && unitName(one.unit),
    one.gave?.length && t('people.event.gave', { seats: seats(one.gave as Seat[]) }),
    one.took?.length && t('people.event.took', { seats: seats(one.took as Seat[]) }),
  ]
    .filter(Boolean)
    .join('：')
}
