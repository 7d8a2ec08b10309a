/** The states of an entry and the one table that moves it on (SPEC section 5); twin of sync/review. */
export type State = 'draft' | 'submitted' | 'returned' | 'approved' | 'amended' | 'withdrawn' | 'voided'
/** What an event may leave: a state, or nothing at all before the create. */
export type From = State | ''
export type ReviewEvent =
  'create' | 'edit' | 'submit' | 'withdraw' | 'approve' | 'return' | 'refuse' | 'void' | 'reinstate'
export type Party = 'author' | 'reviewer'

export interface Move {
  from: From
  event: ReviewEvent
  by: Party
  to: State
}

const move = (from: From, event: ReviewEvent, by: Party, to: State): Move => ({ from, event, by, to })

export const table: readonly Move[] = [
  move('', 'create', 'author', 'draft'),

  move('draft', 'edit', 'author', 'draft'),
  move('draft', 'submit', 'author', 'submitted'),
  move('draft', 'withdraw', 'author', 'withdrawn'),

  move('submitted', 'edit', 'author', 'submitted'),
  move('submitted', 'edit', 'reviewer', 'submitted'),
  move('submitted', 'withdraw', 'author', 'withdrawn'),
  move('submitted', 'approve', 'reviewer', 'approved'),
  move('submitted', 'return', 'reviewer', 'returned'),

  move('returned', 'edit', 'author', 'returned'),
  move('returned', 'submit', 'author', 'submitted'),
  move('returned', 'withdraw', 'author', 'withdrawn'),

  move('withdrawn', 'edit', 'author', 'withdrawn'),
  move('withdrawn', 'submit', 'author', 'submitted'),

  move('approved', 'edit', 'author', 'amended'),
  move('approved', 'edit', 'reviewer', 'amended'),
  move('approved', 'void', 'reviewer', 'voided'),

  move('amended', 'edit', 'author', 'amended'),
  move('amended', 'edit', 'reviewer', 'amended'),
  move('amended', 'approve', 'reviewer', 'approved'),
  move('amended', 'refuse', 'reviewer', 'approved'),
  move('amended', 'void', 'reviewer', 'voided'),

  move('voided', 'reinstate', 'reviewer', 'approved'),
]

/** The state that an event leads to; `undefined` where the table has no such move. */
export function next(from: From, event: ReviewEvent, by: Party): State | undefined {
  return table.find((one) => one.from === from && one.event === event && one.by === by)?.to
}

/** A reviewer's decision names the version that was seen (R2). */
export const isDecision = (event: ReviewEvent): boolean =>
  event === 'approve' || event === 'return' || event === 'refuse' || event === 'void' || event === 'reinstate'

export const needsReason = (event: ReviewEvent): boolean => event === 'return' || event === 'refuse' || event === 'void'

/** The event has nothing left to do: a duplicate rather than stale or illegal (R2). */
export function already(state: From, event: ReviewEvent): boolean {
  switch (event) {
    case 'submit':
      return state === 'submitted'
    case 'withdraw':
      return state === 'withdrawn'
    case 'approve':
    case 'reinstate':
      return state === 'approved'
    case 'return':
      return state === 'returned'
    case 'void':
      return state === 'voided'
    default:
      return false
  }
}
