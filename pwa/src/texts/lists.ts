/** The lists of the home page. */
const zh = {
  returned: '已退回，请改一改',
  due: '今天该回访',
  dueOn: '{day} 到期',
  overdue: '已过期',
  drafts: '没写完的',
  none: '没有要处理的事，都办好了。',
  first: '还没有记录。点上面的大按钮，记第一条吧。',
  recent: '最近记录',
  village: '村里的概览',
  install: '把娘家放到手机桌面上',
}

export const lists: { zh: typeof zh; en: typeof zh } = {
  zh,
  en: {
    returned: 'Returned, please correct',
    due: 'Follow-ups due',
    dueOn: 'Due {day}',
    overdue: 'Overdue',
    drafts: 'Not finished',
    none: 'Nothing waits for you. All done.',
    first: 'No entries yet. Tap a large button above to record the first.',
    recent: 'Recent entries',
    village: 'How the village stands',
    install: 'Put Niangjia on the home screen',
  },
}
