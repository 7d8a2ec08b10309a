const zh = {
  title: '数据',
}

export const totals: { zh: typeof zh; en: typeof zh } = {
  zh,
  en: {
    title: 'Figures',
  },
}
