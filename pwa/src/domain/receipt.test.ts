import { expect, it } from 'vitest'
import { readReceipt, receiptCode } from './receipt'

const epoch = '3f2a9c11d0e4b5a6978812345678abcd'
const chain = '8be02d41'.padEnd(64, '0')

it('S21 a receipt is read as it was said, typed or pasted', () => {
  expect(receiptCode(epoch, 57, chain)).toBe('3F2A9C-57-8BE02D41')
  for (const typed of [
    '3F2A9C-57-8BE02D41',
    ' 3f2a9c 57 8be02d41 ',
    '收条：3F2A9C-57-8BE02D41。',
    '３Ｆ２Ａ９Ｃ－５７－８ＢＥ０２Ｄ４１',
    '3F2A9C·57·8BE02D41',
    `${epoch}-57-${chain}`,
  ])
    expect(readReceipt(typed), typed).toMatch(/^3f2a9c[0-9a-f]*-57-8be02d410*$/)
  for (const none of ['', '57', '3F2A9C-57', '3F2A9C578BE02D41', '3F2A9-57-8BE02D41', '3F2A9C-57-8BE02D4']) {
    expect(readReceipt(none), none).toBe('')
  }
})
