import { client, ok, type Schemas } from '@/api/client'
import { authorised } from '@/state/session'
import { language } from '@/texts'
import { ask, type Heard } from '../totals/data'

export type Dashboard = Schemas['Dashboard']
export type Target = Schemas['DashboardTarget']
export type Progress = Schemas['DashboardProgress']
export type Units = Schemas['DashboardUnits']
export type UnitRow = Schemas['DashboardUnit']
export type Silent = Schemas['SilentVillages']
export type Waiting = Schemas['BacklogEntries']
export type AreaMap = Schemas['DashboardMap']
export type Ages = Schemas['WaitingAges']

/** A year, or one of its quarters. */
export interface Time {
  year: number
  quarter?: number
}

const queryOf = ({ year, quarter }: Time) => ({
  year: String(year),
  quarter: quarter ? (String(quarter) as '1' | '2' | '3' | '4') : undefined,
})
const keyOf = ({ year, quarter }: Time) => `${year}${quarter ? `Q${quarter}` : ''}`

/** The answers are kept for reading without a network, as those of the figures are. */
type Tell<T> = (heard: Heard<T>) => void

export const askDashboard = (unit: string, time: Time, tell: Tell<Dashboard>): Promise<void> =>
  ask(
    `figures:dashboard:${unit}:${keyOf(time)}`,
    () =>
      authorised((headers) =>
        ok(client.GET('/api/v1/dashboard', { params: { query: { unit, ...queryOf(time) } }, headers })),
      ),
    tell,
  )

/** What the units are compared by: a figure, or how far a target has come. */
export type Pick = { indicator: string } | { campaign: string }

export const askUnits = (unit: string, time: Time, by: Pick, deep: boolean, tell: Tell<Units>): Promise<void> =>
  ask(
    `figures:dashboard-units:${unit}:${keyOf(time)}:${'campaign' in by ? `c:${by.campaign}` : by.indicator}:${deep ? 1 : 0}`,
    () =>
      authorised((headers) =>
        ok(
          client.GET('/api/v1/dashboard/units', {
            params: { query: { unit, ...queryOf(time), ...by, deep: deep ? '1' : '0' } },
            headers,
          }),
        ),
      ),
    tell,
  )

/** A table of the dashboard as a file. */
export type Table =
  | { table: 'waiting' | 'oldest' | 'coverage' | 'quality' }
  | { table: 'silent'; days: number }
  | ({ table: 'units'; deep: boolean } & Pick)

export const tableFile = (unit: string, time: Time, { ...of }: Table, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised(async (headers) => {
    const query = {
      unit,
      ...queryOf(time),
      ...of,
      deep: of.table === 'units' && of.deep ? ('1' as const) : undefined,
      format,
      lang: language.value,
    }
    return (await ok(client.GET('/api/v1/dashboard/export', { params: { query }, headers, parseAs: 'blob' }))) as Blob
  })

export const askSilent = (unit: string, days: number, tell: Tell<Silent>): Promise<void> =>
  ask(
    `figures:dashboard-silent:${unit}:${days}`,
    () =>
      authorised((headers) =>
        ok(client.GET('/api/v1/dashboard/silent', { params: { query: { unit, days } }, headers })),
      ),
    tell,
  )

export const askWaiting = (unit: string, tell: Tell<Waiting>): Promise<void> =>
  ask(
    `figures:dashboard-waiting:${unit}`,
    () =>
      authorised((headers) =>
        ok(client.GET('/api/v1/dashboard/waiting', { params: { query: { unit, limit: 50 } }, headers })),
      ),
    tell,
  )

export const askMap = (unit: string, deep: boolean, tell: Tell<AreaMap>): Promise<void> =>
  ask(
    `figures:dashboard-map:${unit}:${deep ? 1 : 0}`,
    () =>
      authorised((headers) =>
        ok(client.GET('/api/v1/dashboard/map', { params: { query: { unit, deep: deep ? '1' : '0' } }, headers })),
      ),
    tell,
  )
