import { startSync, stopSync } from '@/sync/schedule'
import { loadPlaces } from './places'
import { clearRecords, loadRecords } from './records'
import { account, restore } from './session'

/** Opens the account that was in, from this phone alone; the network is asked afterwards. */
export async function open(): Promise<void> {
  await restore()
  await opened()
}

/** Brings the records of the account that is in onto the screen, and begins to exchange. */
export async function opened(): Promise<void> {
  if (!account.value) return
  await loadPlaces()
  await loadRecords()
  void startSync()
}

export function closed(): void {
  stopSync()
  clearRecords()
}
