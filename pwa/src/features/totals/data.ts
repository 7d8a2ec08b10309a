import { ApiError, client, ok, type Schemas } from '@/api/client'
import { dropMeta, getMeta, setMeta } from '@/db/meta'
import { now } from '@/state/edge'
import { authorised } from '@/state/session'
import { language } from '@/texts'

export type Totals = Schemas['TotalsAnswer']
export type CountedEntry = Schemas['TotalEntry']

/** An answer as it is kept for reading without a network. */
export interface Kept<T> {
  at: number
  answer: T
}

const keep = 24
type Key = `figures:${string}`

async function remember<T>(key: Key, answer: T): Promise<void> {
  const order = [key, ...((await getMeta('figuresKept')) ?? []).filter((one) => one !== key)]
  await setMeta(key, { at: now(), answer } satisfies Kept<T>)
  await setMeta('figuresKept', order.slice(0, keep))
  if (order.length > keep) await dropMeta(order.slice(keep) as Key[])
}

export interface Heard<T> {
  answer?: T
  at: number
  /** Why this is not fresh: a code of the closed set; empty when it is. */
  code: string
}

/** Tells first what was kept and then what the server says; without a network what was kept stays. */
export async function ask<T>(key: Key, request: () => Promise<T>, tell: (heard: Heard<T>) => void): Promise<void> {
  const kept = (await getMeta(key)) as Kept<T> | undefined
  if (kept) tell({ ...kept, code: '' })
  try {
    const answer = await request()
    tell({ answer, at: now(), code: '' })
    await remember(key, answer)
  } catch (error) {
    const code = error instanceof ApiError ? error.code : 'unknown'
    // What one may not read any more is not shown from memory either.
    const refused = error instanceof ApiError && (error.status === 403 || error.status === 404)
    tell(kept && !refused ? { ...kept, code } : { at: 0, code })
    if (refused && kept) await dropMeta([key])
  }
}

export const askTotals = (unit: string, period: string, tell: (heard: Heard<Totals>) => void): Promise<void> =>
  ask(
    `figures:${unit}:${period}`,
    () => authorised((headers) => ok(client.GET('/api/v1/totals', { params: { query: { unit, period } }, headers }))),
    tell,
  )

export type Months = Schemas['MonthsAnswer']

export const askMonths = (
  unit: string,
  indicator: string,
  year: string,
  tell: (heard: Heard<Months>) => void,
): Promise<void> =>
  ask(
    `figures:months:${unit}:${indicator}:${year}`,
    () =>
      authorised((headers) =>
        ok(client.GET('/api/v1/totals/months', { params: { query: { unit, indicator, year } }, headers })),
      ),
    tell,
  )

/** What is on the page, to be taken away as a file. */
export interface Shown {
  unit: string
  period: string
  indicators: readonly string[]
  by?: 'unit' | 'month'
  compare?: boolean
  /** The last month of what is compared, where that is not all of the period. */
  through?: string
  /** The units below, in their order on the page. */
  rows?: readonly string[]
}

export const fileOf = (shown: Shown, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised(async (headers) => {
    const { unit, period, by } = shown
    const query = {
      unit,
      period,
      by,
      format,
      indicators: shown.indicators.join(','),
      compare: shown.compare ? ('1' as const) : ('0' as const),
      through: shown.through,
      rows: shown.rows?.length ? shown.rows.join(',') : undefined,
      lang: language.value,
    }
    return (await ok(client.GET('/api/v1/totals/export', { params: { query }, headers, parseAs: 'blob' }))) as Blob
  })

export interface Behind {
  unit: string
  period: string
  indicator: string
  group: string
}

/** States why she must read the sensitive entries behind a figure; how many there are (D3). */
export const discloseBehind = (behind: Behind, reason: string): Promise<{ entries: number }> =>
  authorised((headers) =>
    ok(
      client.POST('/api/v1/totals/entries/disclosure', {
        params: { query: { ...behind, group: behind.group || undefined } },
        body: { reason },
        headers,
      }),
    ),
  )

/** All of them that may be carried away, as a file. */
export const entriesFile = (behind: Behind, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised(
    async (headers) =>
      (await ok(
        client.GET('/api/v1/totals/entries/export', {
          params: { query: { ...behind, group: behind.group || undefined, format, lang: language.value } },
          headers,
          parseAs: 'blob',
        }),
      )) as Blob,
  )

/** One page of the entries behind a figure. */
export const entriesBehind = (behind: Behind, after?: string): Promise<Schemas['TotalEntries']> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/totals/entries', {
        params: { query: { ...behind, group: behind.group || undefined, after, limit: 50 } },
        headers,
      }),
    ),
  )
