import 'fake-indexeddb/auto'
import { expressionsReady } from '@/domain/expressions'

// The app's pages wait for it before they open.
await expressionsReady()
