import { difference, tidyContent } from '@/domain/canonical'
import type { Intent, Reason } from '@/domain/change'
import type { Content, RecordType } from '@/domain/content'
import type { View } from '@/domain/overlay'
import type { ReviewEvent } from '@/domain/review'
import type { Meta } from '@/db/meta'
import * as outbox from '@/db/outbox'
import { edge, freshId } from './edge'
import { forgetDraft } from './drafts'
import { appended, heldView, names, views } from './held'
import { onScreen } from './onscreen'
import { formOf } from './places'
import { accountId } from './session'

export { elsewhere, entries, households, loaded, logOf, marked, names, persons, unsent, views } from './held'
export { clearRecords, loadRecords, recordsReady, refreshRecords, showRows } from './held'

export const nameOf = (account: string | undefined): string => (account && names.value[account]) || ''

/** Everybody who must hear that something was saved here: the sync, other tabs. */
const listeners = new Set<(entities: string[]) => void>()
export const onSaved = (listener: (entities: string[]) => void): void => void listeners.add(listener)

/** Appends changes to the log; when it returns they are on the phone's disk (P1). */
export async function commit(
  intents: Intent[],
  also: { dropDraft?: string; lastUsed?: Meta['lastUsed'] } = {},
): Promise<void> {
  if (intents.length === 0) return
  const appends = intents.map((intent) => ({ intent, base: baseOf(intent) }))
  const owner = accountId.value
  const lines = await outbox.append(appends, edge, also)
  // Another account came in meanwhile: these lines lie in the database of the one before.
  if (owner !== accountId.value) return
  const entities = intents.map((intent) => intent.entity)
  appended(lines)
  if (also.dropDraft) forgetDraft(also.dropDraft)
  for (const listener of listeners) listener(entities)
}

function baseOf(intent: Intent): Content | undefined {
  if (intent.kind !== 'patch' || !intent.trunk) return undefined
  const seen = heldView(intent.entity)?.serverContent ?? {}
  const base: Content = {}
  for (const key of Object.keys(intent.fields ?? {})) {
    const value = seen[key]
    if (value !== undefined) base[key] = value
  }
  return base
}

export const view = (entity: string | undefined): View | undefined => (entity ? views.value.get(entity) : undefined)

/** The change that makes a new record. */
export function creation(
  type: RecordType,
  unit: string,
  content: Content,
  options: { entity?: string; form?: string; submit?: boolean } = {},
): Intent {
  const sheet = formOf(type, options.form)
  return {
    type,
    entity: options.entity ?? freshId(),
    kind: 'create',
    unit,
    ...(type === 'entry' ? { form: options.form, form_version: sheet?.version } : {}),
    fields: tidyContent(content),
    ...(options.submit ? { event: 'submit' as const } : {}),
  }
}

/** The change that brings a record to `content`; a rejected create is made anew (P7). Nothing if nothing differs. */
export function edit(entity: string, content: Content, options: { submit?: boolean } = {}): Intent | undefined {
  const now = heldView(entity)
  if (!now) return undefined
  const refusedCreate =
    !now.serverVersion && now.problems.some((one) => one.change.kind === 'create' && one.outcome.outcome === 'rejected')
  if (refusedCreate) {
    return creation(now.type, now.unit, content, {
      entity,
      form: now.form,
      submit: options.submit && now.type === 'entry',
    })
  }
  const fields = difference(now.content, tidyContent(content))
  const submit = options.submit && now.type === 'entry' && ['draft', 'returned', 'withdrawn'].includes(now.state)
  if (Object.keys(fields).length === 0) return submit ? transition(entity, 'submit') : undefined
  return {
    type: now.type,
    entity,
    kind: 'patch',
    ...(now.type === 'entry' ? { form_version: formOf('entry', now.form)?.version ?? now.formVersion } : {}),
    fields,
    trunk: now.serverVersion,
    ...(submit ? { event: 'submit' as const } : {}),
  }
}

/** A step of the review, on what is on the screen (R2, P14). */
export function transition(entity: string, event: ReviewEvent, reason?: Reason): Intent {
  const now = heldView(entity)
  return {
    type: 'entry',
    entity,
    kind: 'transition',
    event,
    trunk: now ? onScreen(now) : '',
    ...(reason ? { reason } : {}),
  }
}
