import { describe, expect, it } from 'vitest'
import { brandOf } from './brand'
import { hostAppOf } from './browser'

const android = (model: string, rest = '') =>
  `Mozilla/5.0 (Linux; Android 12; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Mobile Safari/537.36 ${rest}`
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 Version/16.5 Mobile/15E148 Safari/604.1'

describe('whose browser shows the page', () => {
  it.each([
    ['wechat', android('V2055A', 'XWEB/5317 MMWEBSDK/20230405 MicroMessenger/8.0.35.2360(0x2800235D) WeChat/arm64')],
    ['qq', android('PCLM10', 'MQQBrowser/6.2 V1_AND_SQ_8.9.50 QQ/8.9.50.10650')],
    ['alipay', android('HMA-AL00', 'UCBS/3.22 AlipayClient/10.3.96.8100')],
    ['dingtalk', android('M2102J2SC', 'AliApp(DingTalk/7.0.30)')],
    ['weibo', android('SM-G9910', 'Weibo (samsung-SM-G9910__weibo__13.6.0)')],
    ['douyin', android('V2055A', 'aweme_250000 BytedanceWebview/d8a21c6')],
  ])('%s', (host, agent) => expect(hostAppOf(agent)).toBe(host))

  it.each([
    ['Chrome', android('K')],
    ['the QQ browser, which is one', android('PCLM10', 'MQQBrowser/13.7')],
    ['Huawei', android('HMA-AL00', 'HuaweiBrowser/13.0.5.303')],
    ['UC', android('V2055A', 'UCBrowser/16.0.0.1')],
    ['Safari', iphone],
  ])('a browser of its own: %s', (_, agent) => expect(hostAppOf(agent)).toBeUndefined())
})

describe('whose phone it is', () => {
  it.each([
    ['huawei', android('HMA-AL00', 'HuaweiBrowser/13.0.5.303')],
    ['huawei', 'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114 Mobile Safari/537.36 ArkWeb/4.1'],
    ['huawei', android('HONOR 90', '')],
    ['xiaomi', android('M2102J2SC', 'XiaoMi/MiuiBrowser/17.5')],
    ['xiaomi', android('Redmi Note 11')],
    ['xiaomi', android('23049RAD8C')],
    ['oppo', android('PCLM10', 'HeyTapBrowser/40.8.6')],
    ['oppo', android('RMX3500')],
    ['vivo', android('V2055A', 'VivoBrowser/17.0')],
    ['samsung', android('SM-G9910', 'SamsungBrowser/21.0')],
    ['apple', iphone],
    ['other', android('K')],
    ['other', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0 Safari/537.36'],
  ])('%s', (brand, agent) => expect(brandOf(agent)).toBe(brand))
})
