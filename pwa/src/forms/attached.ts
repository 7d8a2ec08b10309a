import type { Component } from 'vue'
import type { FieldType } from '@/domain/catalogue'

/**
 * The controls of fields that name attachments, each loaded when a form first has one. They take `v-model` (ids),
 * `field` and `unit`. Of a type without one the form says what there is, and leaves it as it is.
 */
export const attachedControls: Partial<Record<FieldType, Component>> = {}
