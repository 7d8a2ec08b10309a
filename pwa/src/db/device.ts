import { onDevice } from './open'
import type { KnownAccount } from './schema'

export type { KnownAccount } from './schema'

async function meta<T>(key: string): Promise<T | undefined> {
  return onDevice(async (db) => (await db.meta.get(key))?.value as T | undefined)
}

/** This installation's own id, made once. */
export async function deviceId(fresh: () => string): Promise<string> {
  return onDevice((db) =>
    db.transaction('rw', db.meta, async () => {
      const known = await db.meta.get('device')
      if (known) return known.value as string
      const id = fresh()
      await db.meta.put({ key: 'device', value: id })
      return id
    }),
  )
}

/** The account that is in use, also without a network and after a restart. */
export async function activeAccount(): Promise<KnownAccount | undefined> {
  const id = await meta<string>('active')
  return id ? onDevice((db) => db.accounts.get(id)) : undefined
}

export async function rememberAccount(account: KnownAccount): Promise<void> {
  await onDevice((db) =>
    db.transaction('rw', db.accounts, db.meta, async () => {
      await db.accounts.put(account)
      await db.meta.put({ key: 'active', value: account.id })
    }),
  )
}

export async function changeAccount(id: string, change: Partial<KnownAccount>): Promise<void> {
  await onDevice((db) => db.accounts.update(id, change))
}

export const accountById = (id: string): Promise<KnownAccount | undefined> => onDevice((db) => db.accounts.get(id))

/** Locks the account: its tokens go, its records and its outbox stay. */
export async function forgetSession(id: string): Promise<void> {
  await onDevice((db) =>
    db.transaction('rw', db.accounts, db.meta, async () => {
      await db.accounts.update(id, { access: '', refresh: '', accessUntil: 0 })
      await db.meta.delete('active')
    }),
  )
}
