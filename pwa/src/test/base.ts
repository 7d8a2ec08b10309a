import { readFileSync } from 'node:fs'
import type { Form } from '@/domain/catalogue'
import type { Base, Own } from '@/features/catalogue/own'

/** Some of the forms that come with the program, for tests of what a city makes of them. */
export const form = (id: string) => JSON.parse(readFileSync(`../server/catalogue/forms/${id}.json`, 'utf8')) as Form
export const base: Base = { forms: ['home_visit', 'need', 'evaluation', 'dispute_mediation'].map(form) }
export const nothing: Own = {}
