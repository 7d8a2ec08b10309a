import { ApiError, client, ok, type Schemas } from '@/api/client'
import { account, authorised, seats, type Role, type Seat } from '@/state/session'
import { childrenOf, divisions, unitLong, within } from '@/state/places'
import { errorText, language, t } from '@/texts'
import { whenText } from '@/texts/format'

export type Member = Schemas['Member']
export type MemberView = Schemas['MemberView']
export type Code = Schemas['EnrolmentCode']
export type Opened = Schemas['Opened']

const id = (account: string) => ({ path: { id: account } })

export const roster = (unit: string): Promise<Member[]> =>
  authorised((headers) => ok(client.GET('/api/v1/accounts', { params: { query: { unit } }, headers }))).then(
    (answer) => answer.accounts,
  )

export const member = (account: string): Promise<MemberView> =>
  authorised((headers) => ok(client.GET('/api/v1/accounts/{id}', { params: id(account), headers })))

export type AuditPage = Schemas['Audit']

/** A page of what was done to accounts, from the newest or from where the page before ended. */
export const audit = (before?: number): Promise<AuditPage> =>
  authorised((headers) => ok(client.GET('/api/v1/audit', { params: { query: { before } }, headers })))

/** The newest of it as a file. */
export const auditFile = (format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/audit/export', {
        params: { query: { format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

/** Who works at a unit and below, as a file. */
export const peopleFile = (unit: string, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/accounts/export', {
        params: { query: { unit, format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

export const openAccount = (body: Schemas['NewAccount']): Promise<Opened> =>
  authorised((headers) => ok(client.POST('/api/v1/accounts', { body, headers })))

export const issueCodes = (accounts: string[], reset = false): Promise<Code[]> =>
  authorised((headers) => ok(client.POST('/api/v1/accounts/codes', { body: { accounts, reset }, headers }))).then(
    (answer) => answer.codes,
  )

export const setSeats = (account: string, seats: Seat[]): Promise<void> =>
  authorised((headers) =>
    ok(client.PUT('/api/v1/accounts/{id}/seats', { params: id(account), body: { seats }, headers })),
  )

export const setName = (account: string, name: string): Promise<void> =>
  authorised((headers) =>
    ok(client.PUT('/api/v1/accounts/{id}/name', { params: id(account), body: { name }, headers })),
  )

export const setOpen = (account: string, open: boolean): Promise<void> =>
  authorised((headers) =>
    ok(client.PUT('/api/v1/accounts/{id}/open', { params: id(account), body: { open }, headers })),
  )

export const endPhone = (account: string, phone: string): Promise<void> =>
  authorised((headers) =>
    ok(client.POST('/api/v1/accounts/{id}/end-phone', { params: id(account), body: { phone }, headers })),
  )

export const handOver = (account: string, body: Schemas['HandOver']): Promise<Opened> =>
  authorised((headers) => ok(client.POST('/api/v1/accounts/{id}/hand-over', { params: id(account), body, headers })))

export const receive = (account: string, unit: string): Promise<number> =>
  authorised((headers) =>
    ok(client.POST('/api/v1/accounts/{id}/receive', { params: id(account), body: { unit }, headers })),
  ).then((answer) => answer.records)

export type Plan = Schemas['RosterPlan']

/** A file in a form; the type of the contract is a text, what is sent is the file itself. */
const form = (file: File) => {
  const body = new FormData()
  body.append('file', file)
  return { body: { file: '' }, bodySerializer: () => body }
}

/** What importing a spreadsheet of people would do. */
export const preview = (file: File): Promise<Plan> =>
  authorised((headers) => ok(client.POST('/api/v1/accounts/import/preview', { ...form(file), headers })))

/** Does what a preview showed, and gives the accounts that were opened. */
export const importPeople = (file: File, state: string): Promise<string[]> =>
  authorised((headers) =>
    ok(client.POST('/api/v1/accounts/import', { params: { query: { state } }, ...form(file), headers })),
  ).then((answer) => answer.opened)

/** A spreadsheet with a row for each unit below that has no account yet. */
export const template = (unit: string): Promise<Blob> =>
  authorised((headers) =>
    ok(client.GET('/api/v1/accounts/template', { params: { query: { unit } }, headers, parseAs: 'blob' })),
  ) as Promise<Blob>

/** What to say about an error of one of these. */
export function problemText(problem: unknown): string {
  const code = problem instanceof ApiError ? problem.code : undefined
  return code === 'network' ? t('people.list.offline') : errorText(code)
}

export const seatText = (seat: Seat): string => `${unitLong(seat.unit)} ${t(`role.${seat.role}`)}`

/** How an account stands, in a few words. */
export function stateText(one: Member): string {
  const seen = one.last_seen ? t('people.seen', { when: whenText(one.last_seen) }) : ''
  const state = t(`people.state.${one.state}`)
  return seen && one.state === 'in_use' ? `${state}，${seen}` : state
}

/**
 * Which roles have a seat at a unit, as the server's table says: every level records, nothing is reviewed in a village.
 * Twin of server/auth/authority.go, which decides.
 */
export function rolesAt(unit: string): Role[] {
  return divisions.value.get(unit)?.level === 'village'
    ? ['volunteer', 'auditor']
    : ['volunteer', 'reviewer', 'manager', 'auditor']
}

/** Whether this account gives and takes seats at a unit: below her own; at the top also there, to others than herself. */
export function reaches(unit: string): boolean {
  return seats.value.some(
    (seat) =>
      seat.role === 'manager' &&
      within(unit, seat.unit) &&
      (seat.unit !== unit || divisions.value.get(unit)?.level === 'city'),
  )
}

export const mayTake = (of: Member, seat: Seat): boolean => of.id !== account.value?.id && reaches(seat.unit)

export interface UnitLine {
  unit: string
  accounts: Member[]
  /** Units below it that have an account, and that have none. */
  have: number
  none: number
}

export type Filter = 'all' | 'without' | 'not_enrolled' | 'awaiting'

const holds = (one: Member, unit: string) => one.state !== 'closed' && one.seats.some((seat) => seat.unit === unit)

/** All units below one, nearest first, each level in order of its codes. */
export function below(unit: string): string[] {
  const out: string[] = []
  let level = [unit]
  while (level.length) {
    level = level.flatMap((one) => childrenOf(one).map((child) => child.code))
    out.push(...level)
  }
  return out
}

/**
 * The lines of the page: the units right below one; with a filter or a search all units below that match. Who has no
 * seat any more stands apart.
 */
export function linesOf(unit: string, members: readonly Member[], filter: Filter, search: string): UnitLine[] {
  const wanted = search.trim().toLowerCase()
  const deep = filter !== 'all' || wanted !== ''
  const units = [...(reaches(unit) ? [unit] : []), ...(deep ? below(unit) : childrenOf(unit).map((one) => one.code))]
  const byUnit = new Map<string, Member[]>()
  const covered = new Set<string>()
  for (const one of members) {
    for (const code of new Set(one.seats.map((seat) => seat.unit))) {
      byUnit.set(code, [...(byUnit.get(code) ?? []), one])
      if (holds(one, code)) covered.add(code)
    }
  }
  const lines: UnitLine[] = []
  for (const code of units) {
    let accounts = byUnit.get(code) ?? []
    if (filter === 'without' && covered.has(code)) continue
    if (filter === 'not_enrolled')
      accounts = accounts.filter((one) => one.state === 'no_code' || one.state === 'invited')
    if (filter === 'awaiting') accounts = accounts.filter((one) => one.awaiting?.length)
    if (filter !== 'all' && filter !== 'without' && !accounts.length) continue
    if (wanted && !unitLong(code).toLowerCase().includes(wanted)) {
      accounts = accounts.filter(
        (one) => one.name.toLowerCase().includes(wanted) || one.login.toLowerCase().includes(wanted),
      )
      if (!accounts.length) continue
    }
    // The unit that the page is about has its counts in the lines of the others.
    const under = deep || code === unit ? [] : below(code)
    const have = under.filter((each) => covered.has(each)).length
    lines.push({ unit: code, accounts, have, none: under.length - have })
  }
  return lines
}

/** Those who have left their last seat, or whose work waits for one that they left. */
export function formerOf(members: readonly Member[], filter: Filter, search: string): Member[] {
  const wanted = search.trim().toLowerCase()
  if (filter === 'without' || filter === 'not_enrolled') return []
  return members.filter(
    (one) =>
      (one.awaiting?.length || (filter === 'all' && !one.seats.length)) &&
      (!wanted || one.name.toLowerCase().includes(wanted) || one.login.includes(wanted)),
  )
}
