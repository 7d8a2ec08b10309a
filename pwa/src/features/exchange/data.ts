import { computed } from 'vue'
import { client, ok, type Schemas } from '@/api/client'
import { divisions, unitsOf } from '@/state/places'
import { authorised } from '@/state/session'
import { language } from '@/texts'

export type ReadToken = Schemas['ReadToken']

export const readTokens = (): Promise<ReadToken[]> =>
  authorised((headers) => ok(client.GET('/api/v1/read-tokens', { headers }))).then((answer) => answer.tokens)

/** The list as a file. */
export const readTokensFile = (format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/read-tokens/export', {
        params: { query: { format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

/** The token itself comes with this answer and never again. */
export const makeReadToken = (body: { unit: string; name: string; days: number }) =>
  authorised((headers) => ok(client.POST('/api/v1/read-tokens', { body, headers })))

export const endReadToken = (id: string): Promise<void> =>
  authorised((headers) => ok(client.DELETE('/api/v1/read-tokens/{id}', { params: { path: { id } }, headers })))

const shared = ['province', 'city', 'county']

/** Units whose totals this account hands on: of its managers, counties and above. Twin of server/auth/readtokens.go, which decides. */
export const sharedUnits = computed(() => {
  const out: string[] = []
  const add = (code: string) => {
    const unit = divisions.value.get(code)
    if (!unit || !shared.includes(unit.level) || out.includes(code)) return
    out.push(code)
    for (const one of divisions.value.values()) if (one.parent === code) add(one.code)
  }
  unitsOf('manager').forEach(add)
  return out
})

export type TokenState = 'live' | 'expired' | 'ended'

export function stateOf(one: ReadToken, now = Date.now()): TokenState {
  if (one.ended_at) return 'ended'
  return one.expires_at > now ? 'live' : 'expired'
}
