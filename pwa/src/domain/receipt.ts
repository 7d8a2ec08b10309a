/**
 * A receipt in short, as people compare it: which log, up to which number, and how that line's hash begins (S21).
 * One wrong digit, and no server has it.
 */
export function receiptCode(epoch: string, n: number, chain: string): string {
  return `${epoch.slice(0, 6)}-${n}-${chain.slice(0, 8)}`.toUpperCase()
}

/** What somebody typed or pasted as a receipt, as the server takes it; `''` where it is none. */
export function readReceipt(typed: string): string {
  const plain = typed.normalize('NFKC').toLowerCase()
  const parts = /(?<![0-9a-f])([0-9a-f]{6,32})\W+(\d{1,15})\W+([0-9a-f]{8,64})(?![0-9a-f])/.exec(plain)
  return parts ? `${parts[1]}-${parts[2]}-${parts[3]}` : ''
}
