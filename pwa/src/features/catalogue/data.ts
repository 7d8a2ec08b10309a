import { client, ok, type Schemas } from '@/api/client'
import { authorised } from '@/state/session'
import { language } from '@/texts'
import type { Own } from './own'

export type Check = Schemas['CatalogueCheck']
export type Changed = Schemas['CatalogueChange']
export type History = Schemas['CatalogueHistory']

export const ownCatalogue = (): Promise<Schemas['OwnCatalogue']> =>
  authorised((headers) => ok(client.GET('/api/v1/catalogue/own', { headers })))

/** The contract's types say more of a form than the page asks; what goes back is what came, retouched. */
const sent = (own: Own) => own as Schemas['Own']

/** What publishing this would do; changes nothing. */
export const check = (own: Own): Promise<Check> =>
  authorised((headers) => ok(client.POST('/api/v1/catalogue/check', { body: { own: sent(own) }, headers })))

export const publish = (own: Own, against: string): Promise<Schemas['CataloguePublished']> =>
  authorised((headers) => ok(client.PUT('/api/v1/catalogue/own', { body: { own: sent(own), against }, headers })))

/** Who published when, and how far the counting has come. */
export const history = (): Promise<History> =>
  authorised((headers) => ok(client.GET('/api/v1/catalogue/history', { headers })))

const file = (
  path: '/api/v1/catalogue/export' | '/api/v1/catalogue/history/export',
  format: 'xlsx' | 'csv',
): Promise<Blob> =>
  authorised((headers) =>
    ok(client.GET(path, { params: { query: { format, lang: language.value } }, headers, parseAs: 'blob' })),
  )

/** What the forms in force ask, and how each figure is counted, as a file. */
export const formsFile = (format: 'xlsx' | 'csv'): Promise<Blob> => file('/api/v1/catalogue/export', format)

/** Who published when, as a file. */
export const historyFile = (format: 'xlsx' | 'csv'): Promise<Blob> => file('/api/v1/catalogue/history/export', format)
