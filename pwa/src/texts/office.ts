import { attach } from './attach'
import { compared } from './compared'
import { entry } from './entry'
import { fields } from './fields'
import { finding } from './finding'
import { install } from './install'
import { load } from './load'
import { lost } from './lost'
import { outcomes } from './outcomes'
import { ownforms } from './ownforms'
import { people } from './people'
import { proof } from './proof'
import { registers } from './registers'
import { review } from './review'
import { totals } from './totals'

/** Texts of pages that are not opened every day: they come with those pages, so that a volunteer's phone opens sooner. */
export const office = {
  zh: {
    ...install.zh,
    ...fields.zh,
    attach: attach.zh,
    compared: compared.zh,
    entry: entry.zh,
    finding: finding.zh,
    load: load.zh,
    lost: lost.zh,
    outcomes: outcomes.zh,
    ownforms: ownforms.zh,
    people: people.zh,
    proof: proof.zh,
    registers: registers.zh,
    review: review.zh,
    totals: totals.zh,
  },
  en: {
    ...install.en,
    ...fields.en,
    attach: attach.en,
    compared: compared.en,
    entry: entry.en,
    finding: finding.en,
    load: load.en,
    lost: lost.en,
    outcomes: outcomes.en,
    ownforms: ownforms.en,
    people: people.en,
    proof: proof.en,
    registers: registers.en,
    review: review.en,
    totals: totals.en,
  },
}
