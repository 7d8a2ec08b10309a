import { dayPlus } from '@/domain/days'
import { language, t } from './index'

export { dayPlus }

const pad = (n: number) => String(n).padStart(2, '0')

/** Today's date where the phone is, `YYYY-MM-DD`. */
export function localDay(ms: number): string {
  const date = new Date(ms)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

/** 今天, 昨天, 11月22日, or with the year when it is another one. */
export function dayText(day: string, now = Date.now()): string {
  const [y, m, d] = day.split('-').map(Number)
  if (!y || !m || !d) return day
  const today = localDay(now)
  if (day === today) return t('date.today')
  if (day === dayPlus(today, -1)) return t('date.yesterday')
  if (day === dayPlus(today, 1)) return t('date.tomorrow')
  return today.startsWith(`${y}-`) ? t('date.month', { m, d }) : t('date.full', { y, m, d })
}

/** An instant, as people say it: 刚才, 5 分钟前, 今天 08:15, 11月20日 08:15. */
export function whenText(ms: number, now = Date.now()): string {
  const minutes = Math.floor((now - ms) / 60_000)
  if (minutes >= 0 && minutes < 1) return t('date.justNow')
  if (minutes >= 0 && minutes < 60) return t('date.minutesAgo', { n: minutes })
  const date = new Date(ms)
  return `${dayText(localDay(ms), now)} ${pad(date.getHours())}:${pad(date.getMinutes())}`
}

/** In brackets behind something, as the language writes them. */
export const inBrackets = (text: string | number): string => (language.value === 'en' ? ` (${text})` : `（${text}）`)

/** Fen as yuan: 12345 is 123.45, 12000 is 120. */
export function yuanText(fen: number): string {
  const rest = Math.abs(fen % 100)
  const whole = Math.trunc(Math.abs(fen) / 100).toLocaleString(language.value === 'en' ? 'en-US' : 'zh-CN')
  return `${fen < 0 ? '-' : ''}${whole}${rest ? `.${pad(rest)}` : ''}`
}

/** What waits on this phone, and since when. */
export function waitingText(unsent: { waiting: number; since: number }): string {
  const values = { n: unsent.waiting, when: whenText(unsent.since) }
  return unsent.waiting === 1 ? t('sync.sinceOne', values) : t('sync.since', values)
}
