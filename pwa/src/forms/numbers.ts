/** Digits as typed, full-width ones and a Chinese full stop included. */
const plain = (typed: string) =>
  typed
    .trim()
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, '.')
    .replace(/[,，\s]/g, '')

/** A whole number; `undefined` for nothing typed, NaN for what is none. */
export function readWhole(typed: string): number | undefined {
  const text = plain(typed)
  if (text === '') return undefined
  return /^-?\d{1,15}$/.test(text) ? Number(text) : NaN
}

/** Yuan with at most two decimals as fen, without going through a fraction. */
export function readFen(typed: string): number | undefined {
  const text = plain(typed).replace(/元$/, '')
  if (text === '') return undefined
  const match = /^(\d{1,12})(?:\.(\d{0,2}))?$/.exec(text)
  if (!match) return NaN
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

export function writeFen(fen: number): string {
  const rest = fen % 100
  return rest ? `${Math.trunc(fen / 100)}.${String(rest).padStart(2, '0')}` : String(fen / 100)
}
