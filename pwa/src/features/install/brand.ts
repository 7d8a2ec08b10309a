export const brands = ['huawei', 'xiaomi', 'oppo', 'vivo', 'samsung', 'apple', 'other'] as const
export type Brand = (typeof brands)[number]

/** By what the phone's own browsers say of themselves, and by the models' names where a browser tells them. */
const makers: [Brand, RegExp][] = [
  ['apple', /iPhone|iPad|iPod/],
  ['huawei', /huawei|honor|harmony|arkweb|\b(HMA|LYA|ELE|VOG|ANA|NOH|JAD|ALN|BRA)-/i],
  ['xiaomi', /xiaomi|redmi|miuibrowser|\bpoco\b|\bMI \d|\bM2\d{3}|\b2[0-4]\d{3,}[A-Z]/i],
  ['oppo', /oppo|realme|heytap|oneplus|\bP[A-H][A-Z]{2}\d0\b|\bRMX\d{4}/i],
  ['vivo', /vivo|iqoo|\bV\d{4}(A|T|BA|CA|EA)\b/i],
  ['samsung', /samsung|\bSM-[A-Z]\d/i],
]
export const brandOf = (agent: string): Brand => makers.find(([, sign]) => sign.test(agent))?.[0] ?? 'other'

interface Agent {
  getHighEntropyValues?: (hints: string[]) => Promise<{ model?: string }>
}
/** Newer Chromes name the model only when they are asked. */
export async function brandHere(): Promise<Brand> {
  const { userAgent, userAgentData } = navigator as Navigator & { userAgentData?: Agent }
  const known = brandOf(userAgent)
  if (known !== 'other') return known
  const told = await userAgentData?.getHighEntropyValues?.(['model']).catch(() => undefined)
  return told?.model ? brandOf(told.model) : 'other'
}
