import { attach } from './attach'
import { campaigns } from './campaigns'
import { compared } from './compared'
import { countdown } from './countdown'
import { dashboard } from './dashboard'
import { disclosure } from './disclosure'
import { entry } from './entry'
import { exchange } from './exchange'
import { fields } from './fields'
import { finding } from './finding'
import { inbox } from './inbox'
import { install } from './install'
import { lists } from './lists'
import { load } from './load'
import { lost } from './lost'
import { messages } from './messages'
import { outcomes } from './outcomes'
import { ownforms } from './ownforms'
import { people } from './people'
import { proof } from './proof'
import { push } from './push'
import { registers } from './registers'
import { reports } from './reports'
import { review } from './review'
import { totals } from './totals'

/** Texts of pages that are not opened every day: they come with those pages, so that a volunteer's phone opens sooner. */
export const office = {
  zh: {
    ...install.zh,
    ...fields.zh,
    attach: attach.zh,
    campaigns: campaigns.zh,
    compared: compared.zh,
    countdown: countdown.zh,
    dashboard: dashboard.zh,
    disclosure: disclosure.zh,
    entry: entry.zh,
    exchange: exchange.zh,
    finding: finding.zh,
    inbox: inbox.zh,
    lists: lists.zh,
    load: load.zh,
    lost: lost.zh,
    messages: messages.zh,
    outcomes: outcomes.zh,
    ownforms: ownforms.zh,
    people: people.zh,
    proof: proof.zh,
    push: push.zh,
    registers: registers.zh,
    reports: reports.zh,
    review: review.zh,
    totals: totals.zh,
  },
  en: {
    ...install.en,
    ...fields.en,
    attach: attach.en,
    campaigns: campaigns.en,
    compared: compared.en,
    countdown: countdown.en,
    dashboard: dashboard.en,
    disclosure: disclosure.en,
    entry: entry.en,
    exchange: exchange.en,
    finding: finding.en,
    inbox: inbox.en,
    lists: lists.en,
    load: load.en,
    lost: lost.en,
    messages: messages.en,
    outcomes: outcomes.en,
    ownforms: ownforms.en,
    people: people.en,
    proof: proof.en,
    push: push.en,
    registers: registers.en,
    reports: reports.en,
    review: review.en,
    totals: totals.en,
  },
}
