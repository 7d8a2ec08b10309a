import { logOf, views } from '@/state/records'
import { choiceFate, fate, type Fate } from './stead'

/** What became of this phone's decision on an entry; it changes with the log. */
export function steadFate(entity: string, submitted?: number): Fate | undefined {
  void views.value
  return fate(logOf(entity), submitted)
}

/** What became of this phone's choice between values that stand against each other. */
export function steadChoice(entity: string): ReturnType<typeof choiceFate> {
  void views.value
  return choiceFate(logOf(entity))
}
