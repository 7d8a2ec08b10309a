import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { Connection, strict, whole } from './open'

export type FileKind = 'photo' | 'signature' | 'voice'

/** What the phone knows of a photo, a signature or a voice note. Its bytes lie apart: a list of them must not be read to count them. */
export interface KeptFile {
  /** 32 hex digits, made here: sent twice it is the same one (F1). */
  id: string
  kind: FileKind
  type: string
  size: number
  at: number
  /** Where it belongs, once what names it was saved. */
  entity?: string
  field?: string
  /**
   * `draft`: nothing saved names it yet; `waiting`: to be sent; `refused`: the server does not take it, `code` says why;
   * `lost`: the browser has lost its bytes, and the server does not have them.
   */
  state: 'draft' | 'waiting' | 'sent' | 'refused' | 'lost'
  code?: string
  /** When the server had all of it, and which server epoch that was (F7). */
  sentAt?: number
  server?: string
  /** The bytes were given up to make room: the server has them. */
  gone?: boolean
  /** The small picture, of a photo or a signature. */
  small?: ArrayBuffer
  /** Of a voice note. */
  seconds?: number
}

/**
 * A database of their own beside the account's: the log and the records never wait for a photo, are never brought to a
 * new schema because of one, and open with fewer bytes. Keys are ids alone.
 */
interface FilesSchema extends DBSchema {
  files: { key: string; value: KeptFile }
  bytes: { key: string; value: ArrayBuffer }
}
type FilesDatabase = IDBPDatabase<FilesSchema>

const openFiles = (account: string, gone: () => void): Promise<FilesDatabase> =>
  openDB<FilesSchema>(`niangjia-files-${account}`, 1, {
    upgrade(db) {
      db.createObjectStore('files', { keyPath: 'id' })
      db.createObjectStore('bytes')
    },
    blocking: (_now, _next, event) => {
      ;(event.target as IDBDatabase).close()
      gone()
    },
    terminated: gone,
  })

let name = ''
let connection: Connection<FilesDatabase> | undefined

function on<T>(account: string, run: (db: FilesDatabase) => Promise<T>): Promise<T> {
  if (!connection || name !== account) {
    connection?.close()
    name = account
    connection = new Connection((gone) => openFiles(account, gone))
  }
  return connection.run(run)
}

/** On the phone's disk when it returns, or not at all. */
export const addFile = (account: string, file: KeptFile, bytes: ArrayBuffer): Promise<void> =>
  on(account, (db) =>
    whole(db.transaction(['files', 'bytes'], 'readwrite', strict), async (tx) => {
      // One that finds no room fails together with the other.
      const writes = [() => tx.objectStore('files').add(file), () => tx.objectStore('bytes').add(bytes, file.id)]
      await Promise.all(writes.map(async (write) => write()))
    }),
  )

export const allFiles = (account: string): Promise<KeptFile[]> => on(account, (db) => db.getAll('files'))
export const fileOf = (account: string, id: string): Promise<KeptFile | undefined> =>
  on(account, (db) => db.get('files', id))
export const bytesOf = (account: string, id: string): Promise<ArrayBuffer | undefined> =>
  on(account, (db) => db.get('bytes', id))

/** Changes what is known of one that is still there. */
export const changeFile = (account: string, id: string, change: Partial<KeptFile>): Promise<void> =>
  on(account, (db) =>
    whole(db.transaction('files', 'readwrite', strict), async ({ store }) => {
      const known = await store.get(id)
      if (known) await store.put({ ...known, ...change })
    }),
  )

/** Gives up the bytes of files that the server has; the small pictures stay. */
export const giveUpBytes = (account: string, ids: readonly string[]): Promise<void> =>
  on(account, (db) =>
    whole(db.transaction(['files', 'bytes'], 'readwrite', strict), async (tx) => {
      const [files, bytes] = [tx.objectStore('files'), tx.objectStore('bytes')]
      for (const id of ids) {
        const known = await files.get(id)
        if (known?.state !== 'sent') continue
        await bytes.delete(id)
        await files.put({ ...known, gone: true })
      }
    }),
  )

export const dropFiles = (account: string, ids: readonly string[]): Promise<void> =>
  on(account, (db) =>
    whole(db.transaction(['files', 'bytes'], 'readwrite', strict), async (tx) => {
      for (const id of ids) {
        await tx.objectStore('files').delete(id)
        await tx.objectStore('bytes').delete(id)
      }
    }),
  )
