import { version } from '@/domain/canonical'
import type { Content } from '@/domain/content'
import { setMeta } from '@/db/meta'
import { sha256 } from './edge'

/** What stands on a screen: a content, and what its row calls it; nothing of a stub. */
export interface Shown {
  version: string
  content: Content
}

/**
 * The version of what a person decides on: the hash of the content that is shown, whatever its row calls itself (P14).
 * Where the two are not the same storage has failed under it: the next exchange counts anew all that is stored.
 */
export function onScreen(shown: Shown): string {
  if (!shown.version) return ''
  const hash = version(shown.content, sha256)
  // Where even that finds no room it is counted with the next day.
  if (hash !== shown.version) setMeta('counted', 0).catch(() => undefined)
  return hash
}
