import { expect, it } from 'vitest'
import { read, replay, traces } from './replay'

// The core's phone recorded these; the app plays them through its own database. A rule that is another one here
// comes to another state.
it.each(traces)(
  'the app does what the core’s phone did: %s',
  async (name) => expect(await replay(read(name))).toBeUndefined(),
  60_000,
)
