/** The day `days` after `day`; calendar arithmetic, no time zone. */
export function dayPlus(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** How many days lie between two, negative where the second comes first. */
export const daysFrom = (day: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / 86_400_000)

/** The day of an instant in the villages: mainland China has one time zone and no summer time. As the server reckons days. */
export const villageDay = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)

/** What the server's clock and the phone's said in the same moment. */
export interface Clocks {
  server: number
  phone: number
}

/**
 * What time it is, by a phone whose clock may be wrong: what the server said goes on by the phone's clock, and time never
 * stands before what the server has said, whatever the clock is set to afterwards.
 */
export const timeBy = (clocks: Clocks | undefined, now: number): number =>
  clocks ? Math.max(now + clocks.server - clocks.phone, clocks.server) : now
