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

/** A number with at most so many digits after the point, as an integer of such steps, without going through a fraction. */
export function readSteps(typed: string, digits: number): number | undefined {
  const text = plain(typed)
  if (text === '') return undefined
  const match = /^(-?)(\d{1,12})(?:\.(\d*))?$/.exec(text)
  const rest = match?.[3] ?? ''
  if (!match || rest.length > digits) return NaN
  const steps = Number(match[2]) * 10 ** digits + Number(rest.padEnd(digits, '0'))
  return match[1] && steps ? -steps : steps
}

/** Yuan with at most two decimals as fen; never below nought. */
export function readFen(typed: string): number | undefined {
  const fen = readSteps(plain(typed).replace(/元$/, ''), 2)
  return fen !== undefined && fen < 0 ? NaN : fen
}

export function writeSteps(steps: number, digits: number): string {
  const one = 10 ** digits
  const rest = Math.abs(steps) % one
  const whole = `${steps < 0 ? '-' : ''}${Math.trunc(Math.abs(steps) / one)}`
  return rest ? `${whole}.${String(rest).padStart(digits, '0')}` : whole
}

export const writeFen = (fen: number): string => writeSteps(fen, 2)
