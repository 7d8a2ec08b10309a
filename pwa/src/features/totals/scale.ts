/** Steps of an axis from 0 to what is drawn at most: 1, 2 or 5 times a power of ten, at most five of them. */
export function ticks(most: number): number[] {
  if (!(most > 0)) return [0, 1]
  const power = 10 ** Math.floor(Math.log10(most / 5))
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((n) => n * power).find((one) => one * 5 >= most)!,
  )
  const out = [0]
  while (out[out.length - 1]! < most) out.push(out[out.length - 1]! + step)
  return out
}

/** A line through the points that are known; where one is missing the line is broken. */
export function lineThrough(points: readonly ({ x: number; y: number } | undefined)[]): string {
  let path = ''
  let before = false
  for (const point of points) {
    if (point) path += `${before ? 'L' : 'M'}${round(point.x)} ${round(point.y)}`
    before = !!point
  }
  return path
}

const round = (n: number) => Math.round(n * 10) / 10
