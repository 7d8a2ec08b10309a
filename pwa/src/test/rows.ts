import type { Row } from '@/domain/change'
import { inParts } from '@/db/reads'

/** All rows of the phone's database, read in parts of a size as the app reads them. */
export async function allRows(size = 100): Promise<Row[]> {
  const out: Row[] = []
  await inParts(size, (rows) => out.push(...rows) > 0)
  return out
}
