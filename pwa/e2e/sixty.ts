const both = (zh: string, en: string) => ({ zh, en })
const kinds = ['integer', 'text', 'one', 'money', 'yes_no', 'date', 'many', 'decimal', 'month', 'long_text']

/** A form of sixty fields of all kinds; every third hangs on another, six are computed. */
export function sixty(): object {
  const fields: object[] = Array.from({ length: 53 }, (_, n) => {
    const type = kinds[n % kinds.length]!
    return {
      key: `f${n}`,
      type,
      label: both(`第 ${n + 1} 项`, `Field ${n + 1}`),
      ...(type === 'one' || type === 'many'
        ? { choices: ['a', 'b', 'c', 'd'].map((key) => ({ key, label: both(`选项${key}`, `Choice ${key}`) })) }
        : {}),
      ...(type === 'decimal' ? { scale: 1 } : {}),
      ...(n > 0 && n % 3 === 0 ? { visible: `f0 >= 0 && (has(entry.f${n - 1}) || f10 >= 0)` } : {}),
    }
  })
  for (let n = 0; n < 6; n++) {
    const key = n ? `c${n - 1} + f${n * 10}` : 'f0 + f10'
    fields.push({ key: `c${n}`, type: 'computed', result: 'integer', value: key, label: both(`合计 ${n}`, `Sum ${n}`) })
  }
  fields.push({ key: 'occurred_on', type: 'date', label: both('日期', 'Date'), required: true, default: 'today' })
  return {
    id: 'sixty',
    version: 1,
    name: both('六十项', 'Sixty'),
    action: both('记六十项', 'Record sixty'),
    icon: 'form',
    order: 4,
    levels: ['village'],
    summary: ['f0'],
    save: both('保存', 'Save'),
    fields,
  }
}
