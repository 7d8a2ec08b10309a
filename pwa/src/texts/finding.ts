const zh = {
  lastUsed: '最近用过',
  none: '您的单位还没有可以填的表格。',
  others: '其他',
  all: '全部表格',
  which: '哪种表格',
  wholeSection: '{section}（整类）',
  jump: '跳到',
}

export const finding: { zh: typeof zh; en: typeof zh } = {
  zh,
  en: {
    lastUsed: 'Last used',
    none: 'There is no form yet for your unit to fill in.',
    others: 'Other',
    all: 'All forms',
    which: 'Which form',
    wholeSection: '{section} (all of it)',
    jump: 'Jump to',
  },
}
