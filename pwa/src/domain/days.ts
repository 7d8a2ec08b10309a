/** The day `days` after `day`; calendar arithmetic, no time zone. */
export function dayPlus(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
