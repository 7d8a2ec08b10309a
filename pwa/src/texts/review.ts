const zh = {
  title: '审核',
}

export const review: { zh: typeof zh; en: typeof zh } = {
  zh,
  en: {
    title: 'Review',
  },
}
