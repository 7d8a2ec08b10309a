import { openAccount, openDevice, type AccountDatabase, type DeviceDatabase } from './schema'

/** One connection to a database, opened when it is first used and again when the system has dropped it. */
export class Connection<Db extends { close(): void }> {
  private db?: Promise<Db>
  constructor(private readonly open: (gone: () => void) => Promise<Db>) {}

  /** iOS drops connections in the background: one that is closed is opened again, once. */
  async run<T>(work: (db: Db) => Promise<T>): Promise<T> {
    try {
      return await work(await this.opened())
    } catch (error) {
      // Thrown before anything was written: only a transaction that could not begin says so.
      if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error
      this.close()
      return work(await this.opened())
    }
  }

  private opened(): Promise<Db> {
    const db = this.db ?? this.open(() => this.db === db && (this.db = undefined))
    this.db = db
    // What could not be opened now is tried anew the next time.
    db.catch(() => this.db === db && (this.db = undefined))
    return db
  }

  close(): void {
    void this.db?.then((db) => db.close()).catch(() => undefined)
    this.db = undefined
  }
}

const device = new Connection<DeviceDatabase>(openDevice)
let account: Connection<AccountDatabase> | undefined
let name = ''

/** Opens the database of an account; the one before is closed. */
export function useAccount(id: string): void {
  if (name === id && account) return
  account?.close()
  name = id
  account = id ? new Connection((gone) => openAccount(id, gone)) : undefined
}

/** Runs on the account's database. */
export async function onAccount<T>(run: (db: AccountDatabase) => Promise<T>): Promise<T> {
  if (!account) throw new Error('no account is open')
  return account.run(run)
}

export const onDevice = <T>(run: (db: DeviceDatabase) => Promise<T>): Promise<T> => device.run(run)

/**
 * Relaxed durability is Chromium's default: a phone that dies right after "saved" would lose the entry.
 */
export const strict = { durability: 'strict' } as const

interface Transaction {
  readonly done: Promise<void>
  abort(): void
}

/** All of `run`, or nothing; when it returns, what it wrote is on the phone's disk. */
export async function whole<Tx extends Transaction, T>(tx: Tx, run: (tx: Tx) => Promise<T>): Promise<T> {
  // Waited for below; here only so that a failure before that is not reported twice.
  tx.done.catch(() => undefined)
  let result: T
  try {
    result = await run(tx)
  } catch (error) {
    try {
      tx.abort()
    } catch {
      // It has ended by itself: the same failure.
    }
    throw error
  }
  await tx.done
  return result
}
