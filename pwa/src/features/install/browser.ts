/** An app whose own browser shows a page without keeping its data for long, and without installing it. */
export type HostApp = 'wechat' | 'qq' | 'alipay' | 'dingtalk' | 'weibo' | 'douyin' | 'other'

/** In the order of asking: WeChat and QQ also name the browser engine that they share. */
const hosts: [HostApp, RegExp][] = [
  ['wechat', /MicroMessenger/i],
  ['qq', /\bQQ\/[\d.]+/],
  ['alipay', /AlipayClient/i],
  ['dingtalk', /DingTalk/i],
  ['weibo', /\bWeibo\b/i],
  ['douyin', /aweme|BytedanceWebview/i],
  ['other', /NewsArticle|baiduboxapp|Kwai|\bxhsdiscover\b/i],
]
export const hostAppOf = (agent: string): HostApp | undefined => hosts.find(([, sign]) => sign.test(agent))?.[0]

/** The app that shows this page, if it is none of the phone's browsers. */
export const hostApp = typeof navigator === 'undefined' ? undefined : hostAppOf(navigator.userAgent)
