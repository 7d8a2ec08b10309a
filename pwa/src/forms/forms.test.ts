import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Form } from '@/domain/catalogue'
import { begin, carried, offersOf, remembered } from './initial'
import { readFen, readSteps, readWhole, writeFen, writeSteps } from './numbers'
import { fit, initials } from './pinyin'

const visit = JSON.parse(readFileSync('../server/catalogue/forms/home_visit.json', 'utf8')) as Form

describe('first letters', () => {
  it.each([
    ['王小红', 'wxh'],
    ['李桂芳', 'lgf'],
    ['单春梅', 'scm'],
    ['曾秀英', 'zxy'],
    ['解玉兰', 'xyl'],
    ['仇丽', 'ql'],
    ['鲁建国', 'ljg'],
    ['俸阿妹', 'fam'],
    ['欧阳娜', 'oyn'],
    ['周怡', 'zy'],
    ['安宁', 'an'],
    ['字美玲', 'zml'],
  ])('%s is %s', (name, letters) => expect(initials(name)).toBe(letters))
  it('finds by letters and by characters, the surname first', () => {
    expect(fit('王小红', 'wx')).toBe(0)
    expect(fit('王小红', '小')).toBe(1)
    expect(fit('王小红', 'xh')).toBe(2)
    expect(fit('王小红', 'lx')).toBe(-1)
  })
})

describe('numbers', () => {
  it('reads yuan as fen without a fraction', () => {
    expect(readFen('0.29')).toBe(29)
    expect(readFen('1,200')).toBe(120000)
    expect(readFen('１２．５')).toBe(1250)
    expect(readFen('300元')).toBe(30000)
    expect(readFen('')).toBeUndefined()
    for (const bad of ['1.234', '-1', '一百', '1e5']) expect(readFen(bad)).toBeNaN()
    expect(writeFen(1250)).toBe('12.50')
    expect(writeFen(120000)).toBe('1200')
  })
  it('reads numbers with a point as steps', () => {
    expect(readSteps('12.5', 1)).toBe(125)
    expect(readSteps('12', 1)).toBe(120)
    expect(readSteps('-0.25', 4)).toBe(-2500)
    expect(Object.is(readSteps('-0', 1), 0)).toBe(true)
    expect(readSteps('12.55', 1)).toBeNaN()
    expect(writeSteps(125, 1)).toBe('12.5')
    expect(writeSteps(-2500, 4)).toBe('-0.2500')
    expect(writeSteps(120, 1)).toBe('12')
  })
  it('reads whole numbers', () => {
    expect(readWhole(' 12 ')).toBe(12)
    expect(readWhole('1.5')).toBeNaN()
  })
})

describe('what a new entry begins with', () => {
  it('has defaults of its screen only, and the values used today', () => {
    expect(begin(visit, 1, '2026-11-22', {})).toEqual({ met: 'met', occurred_on: '2026-11-22' })
    expect(begin(visit, 2, '2026-11-28', {})).toEqual({ follow_up_on: '2026-12-05' })
    const last = remembered(visit, { purposes: ['policy'], met: 'absent' }, '2026-11-22')
    expect(begin(visit, 1, '2026-11-22', last)).toMatchObject({ purposes: ['policy'], met: 'met' })
    expect(begin(visit, 1, '2026-11-23', last).purposes).toBeUndefined()
  })
  it('begins with what was used last, on whatever day, and with days and months that follow today', () => {
    const text = { zh: '字' }
    const form = {
      ...visit,
      fields: [
        { key: 'spot', type: 'text', label: text, preset: 'last' },
        { key: 'since', type: 'month', label: text, default: 'today' },
        { key: 'born_on', type: 'date', label: text, default: 'today-30' },
      ],
    } as Form
    const last = remembered(form, { spot: '村委会' }, '2026-11-01')
    expect(begin(form, 1, '2026-11-22', last)).toEqual({ spot: '村委会', since: '2026-11', born_on: '2026-10-23' })
  })
  it('does not tick what the city has hidden, neither by default nor because it was used last', () => {
    const hiding = (key: string, ...gone: string[]): Form => ({
      ...visit,
      fields: visit.fields.map((field) =>
        field.key === key
          ? { ...field, choices: field.choices!.map((one) => ({ ...one, hidden: gone.includes(one.key) })) }
          : field,
      ),
    })
    expect(begin(hiding('met', 'met'), 1, '2026-11-22', {})).toEqual({ occurred_on: '2026-11-22' })
    expect(begin(hiding('met', 'absent'), 1, '2026-11-22', {}).met).toBe('met')
    const last = remembered(visit, { purposes: ['policy'] }, '2026-11-22')
    expect(begin(hiding('purposes', 'policy'), 1, '2026-11-22', last).purposes).toBeUndefined()
  })
  it('carries what an offer names into the entry that follows', () => {
    const content = { household: 'h', signs: ['neighbour_dispute'], text: '吵架' }
    const [offer] = offersOf(visit, content)
    expect(carried(offer!, content, 'e')).toEqual({ follows: 'e', household: 'h', text: '吵架', kind: 'neighbour' })
    expect(offersOf(visit, { signs: ['debt'] })).toEqual([])
  })
})
