import { beforeAll, expect, it } from 'vitest'
import { expressionsReady } from '@/domain/expressions'
import { form } from '@/test/base'
import { causeOf } from './urgent'

beforeAll(expressionsReady)

it('the advice stands below the answer that makes an entry urgent', () => {
  const incident = form('incident')
  expect(causeOf(incident, { kind: 'accident', level: 'grave' })).toBe('level')
  expect(causeOf(incident, { kind: 'violence', level: 'ordinary' })).toBe('kind')
  expect(causeOf(incident, { kind: 'violence', level: 'grave' })).toBe('kind')
  expect(causeOf(incident, {})).toBe('kind')
  expect(causeOf(form('home_visit'), { signs: ['domestic_violence'] })).toBe('signs')
  expect(causeOf(form('aid_distribution'), {})).toBeUndefined()
})
