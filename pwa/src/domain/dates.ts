/** A calendar day of the years 1900 to 2199, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const [y, m, d] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(Date.UTC(y, m - 1, d))
  return y >= 1900 && y < 2200 && date.getUTCMonth() === m - 1 && date.getUTCDate() === d
}

/** A month of those years, `YYYY-MM`. */
export const isMonth = (text: string): boolean => isDate(`${text}-01`)
