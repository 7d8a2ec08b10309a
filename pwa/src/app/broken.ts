import { shallowRef } from 'vue'

/** What broke, if anything did: `storage` when the database does not open. */
export const broken = shallowRef('')
