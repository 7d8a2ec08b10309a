import { broken } from '@/app/broken'
import { schedule } from '@/sync/later'
import { loadPlaces } from './places'
import { whenIdle } from '@/kit/idle'
import { clearRecords, loadRecords, recordsReady } from './records'
import { account, restore } from './session'

/** Opens the account that was in, from this phone alone; the network is asked when the first page stands and is at rest. */
export async function open(stands: Promise<void>): Promise<void> {
  await restore()
  await opened((run) => void stands.then(() => whenIdle(run)))
}

/**
 * Brings the records of the account that is in onto the screen, and begins to exchange once all of them are there. It
 * returns when the screen may be drawn.
 */
export async function opened(soon: (run: () => void) => void = (run) => run()): Promise<void> {
  if (!account.value) return
  await loadPlaces()
  await loadRecords()
  void recordsReady().then(
    () => soon(() => void schedule().then((one) => one.startSync())),
    () => (broken.value = 'storage'),
  )
}

export function closed(): void {
  void schedule().then((one) => one.stopSync())
  clearRecords()
}
