import type { Offer } from '@/domain/catalogue'
import type { View } from '@/domain/overlay'
import { carried } from '@/forms/initial'
import { handover } from './carry'

/** Hands over what an entry offers, for the unit of that entry; gives the page to go to. */
export function follow(offer: Offer, entry: View): string {
  handover.value = { form: offer.form, unit: entry.unit, content: carried(offer, entry.content, entry.entity) }
  return `/record/${offer.form}`
}
