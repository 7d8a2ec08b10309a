/**
 * First letters of the pinyin of Chinese names, by the browser's own collation: no dictionary to download.
 * Below are, for each letter, the characters that come first in pinyin order.
 */
const starts: [string, string][] = [
  ['a', '吖'],
  ['b', '八'],
  ['c', '嚓'],
  ['d', '咑'],
  ['e', '妸'],
  ['f', '发'],
  ['g', '旮'],
  ['h', '哈'],
  ['j', '丌'],
  ['k', '咔'],
  ['l', '垃'],
  ['m', '呣'],
  ['n', '拏'],
  ['o', '喔'],
  ['p', '妑'],
  ['q', '七'],
  ['r', '呥'],
  ['s', '仨'],
  ['t', '他'],
  ['w', '屲'],
  ['x', '夕'],
  ['y', '丫'],
  ['z', '帀'],
]

/** Characters that are read otherwise as a surname than in the collation's order. */
const surnames: Record<string, string> = {
  单: 's',
  曾: 'z',
  解: 'x',
  查: 'z',
  仇: 'q',
  区: 'o',
  朴: 'p',
  尉: 'y',
  覃: 'q',
  翟: 'z',
  乐: 'y',
  种: 'c',
  缪: 'm',
  员: 'y',
  繁: 'p',
  长: 'z',
  冼: 'x',
  召: 's',
  隗: 'w',
  逄: 'p',
  盖: 'g',
  晟: 'c',
  石: 's',
  车: 'c',
  沈: 's',
}

const collator = new Intl.Collator('zh-CN-u-co-pinyin')
const cache = new Map<string, string>()

function letter(char: string): string {
  const known = cache.get(char)
  if (known !== undefined) return known
  let found = ''
  if (/[a-z0-9]/i.test(char)) found = char.toLowerCase()
  else if (/[\u3400-\u9fff\uf900-\ufaff]/.test(char)) {
    for (const [name, first] of starts) {
      if (collator.compare(char, first) < 0) break
      found = name
    }
  }
  cache.set(char, found)
  return found
}

/** Of names already read: a search goes over five thousand households with every letter that is typed. */
const read = new Map<string, string>()
const mostRead = 20_000

/** 王小红 is `wxh`. The first character is read as a surname. */
export function initials(name: string): string {
  let letters = read.get(name)
  if (letters === undefined) {
    letters = [...name].map((char, index) => (index === 0 && surnames[char]) || letter(char)).join('')
    if (read.size >= mostRead) read.clear()
    read.set(name, letters)
  }
  return letters
}

/** Whether a name fits what was typed: part of it in characters, or its first letters. 0 is the best fit, -1 none. */
export function fit(name: string, typed: string): number {
  const query = typed.trim().toLowerCase()
  if (!query) return 0
  const at = name.toLowerCase().indexOf(query)
  if (at === 0) return 0
  if (/^[a-z0-9]+$/.test(query)) {
    const letters = initials(name)
    if (letters.startsWith(query)) return 0
    if (letters.includes(query)) return 2
  }
  return at > 0 ? 1 : -1
}
