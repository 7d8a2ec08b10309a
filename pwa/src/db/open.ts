import Dexie from 'dexie'
import { AccountDatabase, DeviceDatabase } from './schema'

let device = new DeviceDatabase()
let account: AccountDatabase | undefined
let name = ''

/** Opens the database of an account; the one before is closed. */
export function useAccount(id: string): void {
  if (name === id && account) return
  account?.close()
  name = id
  account = id ? new AccountDatabase(id) : undefined
}

const lost = (error: unknown): boolean =>
  error instanceof Dexie.DexieError && (error.name === 'DatabaseClosedError' || error.name === 'InvalidStateError')

/** Runs on the account's database; iOS drops connections in the background, so a closed one is opened again. */
export async function onAccount<T>(run: (db: AccountDatabase) => Promise<T>): Promise<T> {
  if (!account) throw new Error('no account is open')
  try {
    return await run(account)
  } catch (error) {
    if (!lost(error)) throw error
    const id = name
    account.close()
    account = new AccountDatabase(id)
    return run(account)
  }
}

export async function onDevice<T>(run: (db: DeviceDatabase) => Promise<T>): Promise<T> {
  try {
    return await run(device)
  } catch (error) {
    if (!lost(error)) throw error
    device.close()
    device = new DeviceDatabase()
    return run(device)
  }
}
