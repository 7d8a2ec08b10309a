import { defineAsyncComponent } from 'vue'
import { withOfficeTexts } from '@/texts'

/** What an entry says is put into words by what the first page does without: its buttons stand before this comes. */
export const EntryRow = defineAsyncComponent(withOfficeTexts(() => import('./EntryRow.vue')))
