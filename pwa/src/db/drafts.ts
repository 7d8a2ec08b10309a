import { onAccount } from './open'
import type { Draft } from './schema'

export type { Draft } from './schema'

export const allDrafts = (): Promise<Draft[]> => onAccount((db) => db.drafts.toArray())
export const draft = (id: string): Promise<Draft | undefined> => onAccount((db) => db.drafts.get(id))
export const keepDraft = async (one: Draft): Promise<void> => void (await onAccount((db) => db.drafts.put(one)))
export const dropDraft = (id: string): Promise<void> => onAccount((db) => db.drafts.delete(id))
