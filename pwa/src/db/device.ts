import { onDevice, strict, whole } from './open'
import type { KnownAccount } from './schema'

export type { KnownAccount } from './schema'

/** This installation's own id, made once. */
export function deviceId(fresh: () => string): Promise<string> {
  return onDevice((db) =>
    whole(db.transaction('meta', 'readwrite', strict), async ({ store }) => {
      const known = await store.get('device')
      if (known) return known.value as string
      const id = fresh()
      await store.put({ key: 'device', value: id })
      return id
    }),
  )
}

/** The account that is in use, also without a network and after a restart. */
export async function activeAccount(): Promise<KnownAccount | undefined> {
  const active = await onDevice((db) => db.get('meta', 'active'))
  return active ? accountById(active.value as string) : undefined
}

export async function rememberAccount(account: KnownAccount): Promise<void> {
  await onDevice((db) =>
    whole(db.transaction(['accounts', 'meta'], 'readwrite', strict), async (tx) => {
      await tx.objectStore('accounts').put(account)
      await tx.objectStore('meta').put({ key: 'active', value: account.id })
    }),
  )
}

export async function changeAccount(id: string, change: Partial<KnownAccount>): Promise<void> {
  await onDevice((db) =>
    whole(db.transaction('accounts', 'readwrite', strict), async ({ store }) => {
      const known = await store.get(id)
      if (known) await store.put({ ...known, ...change })
    }),
  )
}

export const accountById = (id: string): Promise<KnownAccount | undefined> => onDevice((db) => db.get('accounts', id))

/** Locks the account: its tokens go, its records and its outbox stay. */
export async function forgetSession(id: string): Promise<void> {
  await onDevice((db) =>
    whole(db.transaction(['accounts', 'meta'], 'readwrite', strict), async (tx) => {
      const accounts = tx.objectStore('accounts')
      const known = await accounts.get(id)
      if (known) await accounts.put({ ...known, access: '', refresh: '', accessUntil: 0 })
      await tx.objectStore('meta').delete('active')
    }),
  )
}
