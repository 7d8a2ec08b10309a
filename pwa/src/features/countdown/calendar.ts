/**
 * A campaign's deadline for the phone's own calendar (RFC 5545). Whoever holds the phone reads the calendar, so it says
 * neither what the campaign is about nor a name: only that something is due, and where the app is.
 */
export interface Deadline {
  /** The campaign's id: a later deadline takes the place of an earlier one. */
  id: string
  version: number
  /** The last day that counts, `YYYY-MM-DD`. */
  day: string
  /** The day after it, where an event of a whole day ends. */
  after: string
  title: string
  text: string
  url: string
  /** When this was written, by the phone's clock. */
  now: number
}

const escaped = (text: string) =>
  text.replace(/\\/g, '\\\\').replace(/;/g, '\\;').replace(/,/g, '\\,').replace(/\r?\n/g, '\\n')

const utf8 = new TextEncoder()

/** A line of at most 75 bytes, folded where it is longer, never within a character (RFC 5545, 3.1). */
function folded(line: string): string {
  const out: string[] = []
  let part = ''
  let size = 0
  for (const one of line) {
    const bytes = utf8.encode(one).length
    if (size + bytes > 75) {
      out.push(part)
      part = ''
      size = 1 // the space that a folded line begins with
    }
    part += one
    size += bytes
  }
  return [...out, part].join('\r\n ')
}

const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
const date = (day: string) => day.replaceAll('-', '')

/** The calendar file; it reminds at nine in the morning of the day before, when nobody is woken. */
export function calendarOf(one: Deadline): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Niangjia//Niangjia//ZH',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${one.id}@niangjia`,
    `SEQUENCE:${one.version}`,
    `DTSTAMP:${stamp(one.now)}`,
    `DTSTART;VALUE=DATE:${date(one.day)}`,
    `DTEND;VALUE=DATE:${date(one.after)}`,
    `SUMMARY:${escaped(one.title)}`,
    `DESCRIPTION:${escaped(one.text)}`,
    `URL:${one.url}`,
    'CLASS:PRIVATE',
    'TRANSP:TRANSPARENT',
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${escaped(one.title)}`,
    'TRIGGER:-PT15H',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}
