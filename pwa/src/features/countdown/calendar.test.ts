import { describe, expect, it } from 'vitest'
import { office } from '@/texts/office'
import { calendarOf, type Deadline } from './calendar'

const deadline: Deadline = {
  id: 'c'.repeat(32),
  version: 2,
  day: '2026-12-31',
  after: '2027-01-01',
  title: office.zh.countdown.event,
  text: office.zh.countdown.eventText,
  url: 'https://niangjia.example/campaign/cccc',
  now: Date.UTC(2026, 10, 23, 2, 3, 4),
}
/** The lines as a calendar reads them: folded ones are one again (RFC 5545, 3.1). */
const read = (text: string) => text.replace(/\r\n[ \t]/g, '').split('\r\n')

describe('a deadline for the phone’s own calendar', () => {
  it('is a whole day with an alarm at nine on the morning before, under a name that a later deadline replaces', () => {
    const lines = read(calendarOf(deadline))
    expect(lines.pop()).toBe('')
    expect([lines[0], lines.at(-1)]).toEqual(['BEGIN:VCALENDAR', 'END:VCALENDAR'])
    for (const one of [
      'VERSION:2.0',
      `UID:${'c'.repeat(32)}@niangjia`,
      'SEQUENCE:2',
      'DTSTAMP:20261123T020304Z',
      'DTSTART;VALUE=DATE:20261231',
      'DTEND;VALUE=DATE:20270101',
      'SUMMARY:工作截止',
      'TRIGGER:-PT15H',
      'ACTION:DISPLAY',
    ])
      expect(lines, one).toContain(one)
    for (const kind of ['VCALENDAR', 'VEVENT', 'VALARM'])
      expect(lines.filter((one) => one === `BEGIN:${kind}` || one === `END:${kind}`)).toHaveLength(2)
  })
  it('has no line longer than 75 bytes and none cut within a character, and no text breaks out of its line', () => {
    const text = `一二三四五六七八九十；逗号,分号;反斜\\杠\nBEGIN:VALARM ${'长'.repeat(60)}`
    const file = calendarOf({ ...deadline, text })
    for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length, line).toBeLessThanOrEqual(75)
    expect(file.replaceAll('\r\n', '')).not.toContain('\n')
    const description = read(file).find((one) => one.startsWith('DESCRIPTION:一'))!
    const back = description.slice(12).replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
    expect(back).toBe(text)
    expect(read(file).filter((one) => one === 'BEGIN:VALARM')).toHaveLength(1)
  })
})
