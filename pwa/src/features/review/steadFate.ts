import { logOf, views } from '@/state/records'
import { fate, type Fate } from './stead'

/** What became of this phone's decision on an entry; it changes with the log. */
export function steadFate(entity: string, submitted?: number): Fate | undefined {
  void views.value
  return fate(logOf(entity), submitted)
}
