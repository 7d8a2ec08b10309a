import { onAccount, strict, whole } from './open'
import type { Draft } from './schema'

export type { Draft } from './schema'

export const allDrafts = (): Promise<Draft[]> => onAccount((db) => db.getAll('drafts'))
export const draft = (id: string): Promise<Draft | undefined> => onAccount((db) => db.get('drafts', id))
export const keepDraft = async (one: Draft): Promise<void> =>
  void (await onAccount((db) => whole(db.transaction('drafts', 'readwrite', strict), (tx) => tx.store.put(one))))
export const dropDraft = (id: string): Promise<void> =>
  onAccount((db) => whole(db.transaction('drafts', 'readwrite', strict), (tx) => tx.store.delete(id)))
