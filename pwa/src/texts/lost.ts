const zh = {
  title: '有些旧记录找不回来了',
  text: '服务器出过故障。您早先记的 {n} 处内容，服务器上没有了；这部手机只留最近一段时间的，也没有了。请告诉镇里（上级妇联）的管理员，看看哪些要补记。',
  read: '我知道了',
}

export const lost: { zh: typeof zh; en: typeof zh } = {
  zh,
  en: {
    title: 'Some old records cannot be brought back',
    text: 'The server had a failure. {n} of your earlier changes are no longer on the server, and this phone, which keeps only recent ones, does not have them either. Tell your manager, to see what has to be recorded again.',
    read: 'I have read this',
  },
}
