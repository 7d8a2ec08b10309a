import { entry } from './entry'
import { review } from './review'
import { totals } from './totals'

/** Texts of the pages for review and figures: they come with those pages, so that a volunteer's phone opens sooner. */
export const office = {
  zh: { entry: entry.zh, review: review.zh, totals: totals.zh },
  en: { entry: entry.en, review: review.en, totals: totals.en },
}
