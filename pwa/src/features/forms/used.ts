import type { View } from '@/domain/overlay'

/** The ids of the forms that she used last, newest first; the list of entries is in that order already. */
export function lastUsed(entries: readonly Pick<View, 'form' | 'author'>[], account: string, most = 4): string[] {
  const out: string[] = []
  for (const one of entries) {
    if (out.length === most) break
    if (one.author === account && one.form && !out.includes(one.form)) out.push(one.form)
  }
  return out
}
