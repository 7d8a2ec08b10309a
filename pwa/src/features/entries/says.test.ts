import { expect, it } from 'vitest'
import type { Field } from '@/domain/catalogue'
import type { Value } from '@/domain/content'
import { divisions } from '@/state/places'
import { says } from './says'

const text = { zh: '字' }
const found = (type: Field['type'], value: Value, query: string, choices?: Field['choices']) =>
  says({ x: value }, { key: 'x', type, label: text, ...(choices ? { choices } : {}) }, query)

it('a search finds what was written, chosen, given and where, and no ids', () => {
  const code = '530923101201'
  divisions.value = new Map([[code, { code, name: '忙岗村', level: 'village', parent: '530923101000' }]])
  expect(found('text', '彩礼太高', '彩礼')).toBe(true)
  expect(found('long_text', '彩礼太高', '嫁妆')).toBe(false)
  expect(found('phone', '13800000000', '1380')).toBe(true)
  expect(found('many', ['a'], '修路', [{ key: 'a', label: { zh: '修路架桥' } }])).toBe(true)
  expect(
    found(
      'items',
      [
        { name: '大米', quantity: 2, value: 10000 },
        { name: '菜油', quantity: 1, value: 0 },
      ],
      '菜油',
    ),
  ).toBe(true)
  expect(found('items', [{ name: '大米', quantity: 2, value: 10000 }], '棉被')).toBe(false)
  expect(found('unit', code, '忙岗')).toBe(true)
  expect(found('entry', 'e'.repeat(32), 'e')).toBe(false)
  expect(says({}, { key: 'x', type: 'text', label: text }, '')).toBe(false)
})
