import type { Line, Notice } from '@/domain/inbox'
import { summaryText, titleText } from '@/forms/show'
import { now } from '@/state/edge'
import { unitLong } from '@/state/places'
import { view } from '@/state/records'
import { t } from '@/texts'
import { dayText, localDay, whenText } from '@/texts/format'

/** What a reminder says of one campaign. */
export interface Item {
  campaign: string
  title: string
  deadline: string
  record: string[]
  review: string[]
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

export function itemsOf(notice: Notice): Item[] {
  const list = Array.isArray(notice.params.items) ? (notice.params.items as Record<string, unknown>[]) : []
  return list.map((one) => ({
    campaign: text(one.campaign),
    title: text(one.title),
    deadline: text(one.deadline),
    record: texts(one.record),
    review: texts(one.review),
  }))
}

export interface Said {
  text: string
  unit: string
  campaign: string
}
export const messageOf = ({ params }: Notice): Said => ({
  text: text(params.text),
  unit: text(params.from_unit),
  campaign: text(params.campaign),
})

export const deadlineText = (day: string): string =>
  t(day < localDay(now()) ? 'inbox.ended' : 'inbox.until', { day: dayText(day) })

/** What a line says on the list. Whoever looks over her shoulder reads it: nothing of what is urgent, sensitive or was written. */
export function lineTitle(line: Line): string {
  const { notice, event } = line
  if (!notice) return t(`inbox.${event!}`, { n: line.entities.length })
  if (notice.kind !== 'reminder') return t(`inbox.${notice.kind}`)
  const items = itemsOf(notice)
  return items.length === 1
    ? t('inbox.reminder', { title: items[0]!.title })
    : t('inbox.reminders', { n: items.length })
}

export function lineText(line: Line): string {
  const { notice } = line
  const parts: string[] = []
  if (notice?.kind === 'reminder') {
    const days = itemsOf(notice).map((one) => one.deadline)
    if (days.length) parts.push(deadlineText(days.sort()[0]!))
  } else if (notice) {
    const unit = notice.kind === 'message' ? messageOf(notice).unit : notice.unit
    if (unit) parts.push(unitLong(unit))
  } else if (line.entities.length === 1) {
    const entry = view(line.entities[0])
    if (entry) parts.push([titleText(entry), summaryText(entry)].filter(Boolean).join(' · '))
  }
  return [...parts, whenText(line.at)].join(' · ')
}
