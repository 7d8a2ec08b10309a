import { canonicalValue, same, version as versionOf, tidyContent, type Sha256 } from './canonical'
import type { Change, Conflict, Disclosure, Outcome, Row, RowReason } from './change'
import { strings, type Content, type RecordType, type Value } from './content'
import { merge } from './merge'
import { already, isDecision, next, type Party, type ReviewEvent, type State } from './review'

/** A change of this phone as the outbox keeps it, with what the author saw in the fields that it names. */
export interface Logged {
  change: Change
  /** The named fields' values in the trunk; absent for a create. */
  base?: Content
  outcome?: Outcome
  /** Server time of the answer whose `through` covered it; absent while it waits. */
  acked?: number
  /** A rejected or parked change that nothing more is to be done about. */
  settled?: boolean
  /** The server has it, and its rows have not all come yet: it goes on lying over them (P3). */
  ahead?: boolean
}

export type Sent = 'local' | 'delivered' | 'parked' | 'rejected' | 'conflict'

/** A record as the screen shows it: the server's row with this phone's pending changes over it (P2). */
export interface View {
  type: RecordType
  entity: string
  unit: string
  form?: string
  formVersion?: number
  state: State | 'active'
  version: string
  content: Content
  author: string
  stub: boolean
  sensitive: boolean
  urgent: boolean
  approved?: Content
  approvedVersion?: string
  approvedBy?: string
  approvedAt?: number
  conflicts: Conflict[]
  reason?: RowReason
  refused?: { content: Content; reason: RowReason }
  flags: string[]
  disclosures: Disclosure[]
  case?: string
  submittedAt?: number
  createdAt: number
  updatedAt: number
  /** The last server version pulled, `""` if none: the trunk of the next patch. */
  serverVersion: string
  serverContent: Content
  sent: Sent
  /** Numbers of changes that the server has not yet confirmed. */
  waiting: number[]
  /** Changes that the server holds and has not applied. */
  problems: { change: Change; outcome: Outcome }[]
  /** A pending decision about a version that is no longer the current one. */
  stale: boolean
}

export interface OverlayContext {
  account: string
  sha256: Sha256
  party: (view: { unit: string; author: string }) => Party
  many: (type: RecordType, form: string | undefined, field: string) => boolean
  /** Of a field of attachments how many it takes (M10); 0 of every other. */
  most?: (type: RecordType, form: string | undefined, field: string) => number
  sensitive: (form: string | undefined, content: Content) => boolean
  urgent: (form: string | undefined, content: Content) => boolean
}

/** The row that shows most: whole before stub, then the newest. */
export function bestRow(rows: readonly Row[]): Row | undefined {
  let best: Row | undefined
  for (const row of rows) {
    if (row.gone) continue
    if (
      !best ||
      (best.stub && !row.stub) ||
      (!!best.stub === !!row.stub && (row.updated_at ?? 0) > (best.updated_at ?? 0))
    ) {
      best = row
    }
  }
  return best
}

function fromRow(row: Row): View {
  return {
    type: row.type,
    entity: row.entity,
    unit: row.unit ?? '',
    form: row.form,
    formVersion: row.form_version,
    state: (row.state || 'active') as View['state'],
    version: row.version ?? '',
    content: row.content ?? {},
    author: row.author ?? '',
    stub: !!row.stub,
    sensitive: !!row.sensitive || !!row.stub,
    urgent: !!row.urgent,
    approved: row.approved,
    approvedVersion: row.approved_version,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    conflicts: row.conflicts ?? [],
    reason: row.reason,
    refused: row.refused,
    flags: row.flags ?? [],
    disclosures: row.disclosures ?? [],
    case: row.case,
    submittedAt: row.submitted_at,
    createdAt: row.created_at ?? 0,
    updatedAt: row.updated_at ?? 0,
    serverVersion: row.stub ? '' : (row.version ?? ''),
    serverContent: row.content ?? {},
    sent: 'delivered',
    waiting: [],
    problems: [],
    stale: false,
  }
}

function created(change: Change, context: OverlayContext): View {
  const content = tidyContent(change.fields ?? {})
  let state: View['state'] = 'active'
  if (change.type === 'entry') {
    state = next('', 'create', 'author')!
    if (change.event === 'submit') state = next(state, 'submit', 'author')!
  }
  return {
    type: change.type,
    entity: change.entity,
    unit: change.unit ?? '',
    form: change.form,
    formVersion: change.form_version,
    state,
    version: versionOf(content, context.sha256),
    content,
    author: context.account,
    stub: false,
    sensitive: false,
    urgent: false,
    conflicts: [],
    flags: [],
    disclosures: [],
    createdAt: change.at,
    updatedAt: change.at,
    submittedAt: state === 'submitted' ? change.at : undefined,
    serverVersion: '',
    serverContent: {},
    sent: 'local',
    waiting: [],
    problems: [],
    stale: false,
  }
}

/** Values that this phone's confirmed changes wrote last: the row does not say who wrote a field (M3). */
function ownValues(log: readonly Logged[]): Map<string, string> {
  const own = new Map<string, string>()
  for (const one of log) {
    if (one.acked === undefined || one.outcome?.outcome === 'rejected') continue
    for (const [key, value] of Object.entries(one.change.fields ?? {})) own.set(key, canonicalValue(value))
  }
  return own
}

/** What this phone's log has itself put into a field since the version that came, before a change of it (M5). */
const said = (log: readonly Logged[], change: Change, field: string): string[] =>
  log
    .filter(
      ({ change: before, outcome }) =>
        before.n < change.n &&
        before.kind !== 'transition' &&
        (before.trunk ?? '') === (change.trunk ?? '') &&
        outcome?.outcome !== 'rejected' &&
        outcome?.outcome !== 'parked',
    )
    .flatMap((before) => strings(before.change.fields?.[field] ?? undefined))

function patch(
  view: View,
  one: Logged,
  own: Map<string, string>,
  log: readonly Logged[],
  context: OverlayContext,
): boolean {
  const change = one.change
  const party = context.party(view)
  const from = view.state
  let state: View['state'] = from
  if (from !== 'active') {
    const edited = next(from, 'edit', party)
    if (!edited) return false
    state = edited
  }
  if (change.resolve?.length && change.trunk !== view.version) {
    view.stale = true
    return false
  }
  if (change.event === 'submit' && state !== 'active') state = next(state, 'submit', party) ?? state
  const result = merge({
    current: view.content,
    conflicts: view.conflicts,
    writer: (field) => (own.get(field) === canonicalValue(view.content[field]) ? change.epoch : undefined),
    written: [],
    trunk: one.base ?? {},
    epoch: change.epoch,
    account: context.account,
    at: change.at,
    fields: change.fields ?? {},
    resolve: change.resolve,
    many: (field) => context.many(view.type, view.form, field),
    most: (field) => context.most?.(view.type, view.form, field) ?? 0,
    said: (field) => said(log, change, field),
  })
  if (from === 'approved') {
    if (!result.changed && !result.conflict) return true
    // From here the approved content is no longer the content: it is kept beside it, and goes on counting.
    view.approved = view.content
    view.approvedVersion ??= view.version
  }
  for (const field of result.wrote) own.set(field, canonicalValue(result.content[field]))
  view.content = result.content
  view.conflicts = result.conflicts
  view.version = versionOf(view.content, context.sha256)
  if (state === 'amended' && view.version === view.approvedVersion && view.conflicts.length === 0) state = 'approved' // R5
  if (state === 'submitted' && from !== 'submitted') view.submittedAt = change.at
  view.state = state
  view.updatedAt = change.at
  return true
}

function decide(view: View, change: Change, event: ReviewEvent, to: State, context: OverlayContext) {
  const reason: RowReason | undefined = change.reason && { event, ...change.reason, by: context.account, at: change.at }
  switch (event) {
    case 'approve':
      view.approved = undefined
      view.approvedVersion = view.version
      view.approvedBy = context.account
      view.approvedAt = change.at
      view.reason = undefined
      view.refused = undefined
      break
    case 'return':
    case 'void':
      view.reason = reason
      break
    case 'refuse':
      if (reason) view.refused = { content: view.content, reason }
      view.content = view.approved ?? view.content
      view.version = view.approvedVersion ?? view.version
      view.approved = undefined
      view.conflicts = []
      break
    case 'reinstate':
      view.reason = undefined
      if (view.approvedVersion && view.version !== view.approvedVersion) to = 'amended'
      break
  }
  view.state = to
}

function transition(view: View, change: Change, context: OverlayContext): boolean {
  const event = change.event
  if (!event || view.state === 'active') return false
  const decision = isDecision(event)
  const to = next(view.state, event, decision ? 'reviewer' : 'author')
  if (already(view.state, event) && (!decision || change.trunk === view.version)) return true
  if (!to || (decision && change.trunk !== view.version)) {
    if (decision) view.stale = true
    return false
  }
  if (decision) decide(view, change, event, to, context)
  else view.state = to
  view.submittedAt = to === 'submitted' ? change.at : undefined
  view.updatedAt = change.at
  return true
}

/** Whether a change that the server holds unapplied still has to be shown over the row. */
function stillParked(one: Logged, row: Row | undefined): boolean {
  return (
    one.outcome?.outcome === 'parked' &&
    !one.settled &&
    one.outcome.code !== 'superseded' &&
    // A row that is newer than the answer already holds the replayed change.
    (!row || (one.change.kind !== 'create' && (row.updated_at ?? 0) <= (one.acked ?? 0)))
  )
}

/**
 * Lays this phone's changes of one record over its row. `log` is all that the phone keeps of the record, in
 * order of `n`. `undefined` where there is neither a row nor a change that makes one.
 */
export function overlay(row: Row | undefined, log: readonly Logged[], context: OverlayContext): View | undefined {
  let view = row && fromRow(row)
  const own = ownValues(log)
  const waiting: number[] = []
  const problems: View['problems'] = []
  let touched = false
  for (const one of log) {
    const waits = one.acked === undefined
    const told = one.outcome?.outcome
    const over = (waits || one.ahead) && told !== 'rejected' && told !== 'stale'
    const rejected = told === 'rejected' && !one.settled
    const parked = stillParked(one, row)
    if (waits) waiting.push(one.change.n)
    if (one.outcome && (rejected || parked)) problems.push({ change: one.change, outcome: one.outcome })
    // A rejected create is all there is of its record: it is shown, so that it can be corrected (P7).
    const lone = rejected && one.change.kind === 'create' && !row
    if (!over && !parked && !lone) continue
    if (one.change.kind === 'create') {
      if (row && !row.stub) continue
      const before = view
      view = created(one.change, context)
      // What she writes over it is no conflict with herself.
      for (const [key, value] of Object.entries(view.content)) own.set(key, canonicalValue(value))
      if (before) view.createdAt = before.createdAt
      touched = true
    } else if (view && !view.stub) {
      const did =
        one.change.kind === 'patch' ? patch(view, one, own, log, context) : transition(view, one.change, context)
      touched = touched || did
    }
  }
  if (!view) return undefined
  if (touched && view.type === 'entry') {
    view.sensitive = view.sensitive || context.sensitive(view.form, view.content)
    view.urgent = context.urgent(view.form, view.content)
  }
  view.waiting = waiting
  view.problems = problems
  view.sent = problems.some((one) => one.outcome.outcome === 'rejected')
    ? 'rejected'
    : waiting.length > 0
      ? 'local'
      : problems.length > 0
        ? 'parked'
        : view.conflicts.some((one) => one.by === context.account)
          ? 'conflict'
          : 'delivered'
  return view
}

/** The fields that differ between two contents, for "what changed since". */
export function changedFields(before: Content, after: Content): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].filter((key) => !same(before[key] as Value, after[key] as Value))
}
