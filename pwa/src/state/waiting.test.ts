import { describe, expect, it } from 'vitest'
import { countWaiting, type Held } from './waiting'

const held = (type: Held['type'], entity: string, content: Held['content'] = {}): Held => ({ type, entity, content })

describe('what waits, as people count it', () => {
  it('counts an entry with its new household and people as one', () => {
    expect(
      countWaiting([
        held('household', 'h'),
        held('person', 'p', { household: 'h' }),
        held('person', 'q'),
        held('entry', 'e', { household: 'h', persons: { persons: ['q'] } }),
      ]),
    ).toBe(1)
  })
  it('counts a new household alone, with its people, as one', () => {
    expect(countWaiting([held('household', 'h'), held('person', 'p', { household: 'h' })])).toBe(1)
  })
  it('counts a person alone, and each decision', () => {
    expect(countWaiting([held('person', 'p', { household: 'known' }), held('entry', 'a'), held('entry', 'b')])).toBe(3)
  })
  it('never counts nothing where something waits', () => {
    expect(countWaiting([held('person', 'p')])).toBe(1)
    expect(countWaiting([])).toBe(0)
  })
  it('leaves a household to the person whom an entry names', () => {
    expect(
      countWaiting([
        held('household', 'h'),
        held('person', 'p', { household: 'h' }),
        held('entry', 'e', { persons: { persons: ['p'] } }),
      ]),
    ).toBe(1)
  })
})
