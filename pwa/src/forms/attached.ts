import { defineAsyncComponent, type Component } from 'vue'
import type { FieldType } from '@/domain/catalogue'
import { withOfficeTexts } from '@/texts'

/**
 * The controls of fields that name attachments, each loaded when a form first has one. They take `v-model` (ids),
 * `field` and `unit`.
 */
const controls = defineAsyncComponent(withOfficeTexts(() => import('./attachments/AttachmentField.vue')))
export const attachedControls: Partial<Record<FieldType, Component>> = {
  photo: controls,
  signature: controls,
  voice: controls,
}
