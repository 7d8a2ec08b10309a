const zh = {
  text: '正在下载村里的记录 {n}%，不用等，可以照常使用。',
  label: '下载村里的记录',
}

export const load: { zh: typeof zh; en: typeof zh } = {
  zh,
  en: {
    text: 'Downloading the village’s records, {n}%. There is no need to wait.',
    label: 'Downloading the village’s records',
  },
}
