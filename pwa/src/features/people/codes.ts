import { shallowRef } from 'vue'
import type { Code } from './data'

/** Codes that were issued just now. They are kept in memory alone, until the page that shows them is left. */
export const codes = shallowRef<Code[]>([])

export const enrolUrl = (token = ''): string => `${location.origin}/enrol${token && `#${token}`}`

/** The drawing of a QR code: side in modules and the path of its dark ones, with the quiet zone around it. */
export interface Drawing {
  side: number
  path: string
}

const quiet = 4

/** The library is loaded where a code is shown. Level M still reads from a crumpled sheet. */
export async function draw(text: string): Promise<Drawing> {
  const { encode } = await import('uqr')
  const { data, size } = encode(text, { ecc: 'M', border: 0 })
  let path = ''
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue
      let run = 1
      while (row[x + run]) run++
      path += `M${x + quiet} ${y + quiet}h${run}v1h-${run}z`
      x += run
    }
  })
  return { side: size + 2 * quiet, path }
}
