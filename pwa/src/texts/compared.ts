const zh = {
  title: '和服务器核对',
  hint: '每天自动核对一次，看看这部手机上的记录和服务器上的是不是一模一样。',
  done: '{when}核对过，和服务器上的一样。',
  never: '还没有核对。有网络时会自动核对。',
  running: '正在核对……',
  mended: '{when}发现有 {n} 条记录和服务器上的不一样，已自动核对修复。您还没有传出去的内容没有动过。',
  now: '现在核对',
}

export const compared: { zh: typeof zh; en: typeof zh } = {
  zh,
  en: {
    title: 'Compared with the server',
    hint: 'Once a day the records on this phone are compared with those on the server.',
    done: 'Compared {when}: the same as on the server.',
    never: 'Not compared yet; it happens by itself when there is a network.',
    running: 'Comparing…',
    mended:
      '{n} records differed from the server ({when}); they were put right by themselves. What you have not sent yet was not touched.',
    now: 'Compare now',
  },
}
