import { ApiError, client, ok, type Schemas } from '@/api/client'
import { divisions, within, type Division } from '@/state/places'
import { authorised } from '@/state/session'
import { errorText, language } from '@/texts'

export type Message = Schemas['Message']
export type NewMessage = Schemas['NewMessage']

export const problemText = (problem: unknown): string =>
  errorText(problem instanceof ApiError ? problem.code : 'unknown')

export const sentMessages = (): Promise<Message[]> =>
  authorised((headers) => ok(client.GET('/api/v1/messages', { headers }))).then((answer) => answer.messages)

export const messageOf = (id: string) =>
  authorised((headers) => ok(client.GET('/api/v1/messages/{id}', { params: { path: { id } }, headers })))
export type Reached = Awaited<ReturnType<typeof messageOf>>['reached'][number]

/** What she has sent as a file. */
export const messagesFile = (format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/messages/export', {
        params: { query: { format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  )

/** Who has a message, as a file. */
export const messageFile = (id: string, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/messages/{id}/export', {
        params: { path: { id }, query: { format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  )

export const sendMessage = (body: NewMessage): Promise<Message> =>
  authorised((headers) => ok(client.POST('/api/v1/messages', { body, headers })))

export const runningCampaigns = (): Promise<{ id: string; title: string }[]> =>
  authorised((headers) => ok(client.GET('/api/v1/campaigns', { headers }))).then((answer) =>
    answer.campaigns.filter((one) => one.state === 'running'),
  )

const levels = ['province', 'city', 'county', 'township', 'village']

/** All units below one, the higher first. */
export function below(unit: string): Division[] {
  return [...divisions.value.values()]
    .filter((one) => one.code !== unit && within(one.code, unit))
    .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || (a.code < b.code ? -1 : 1))
}

export type Reach = 'all' | 'waiting' | 'unread' | 'read' | 'nobody'

/** How far a message has come in a unit: whoever there is furthest behind says it. */
export function reachOf(one: Pick<Reached, 'people' | 'received' | 'read'>): Exclude<Reach, 'all'> {
  if (!one.people) return 'nobody'
  if (one.received < one.people) return 'waiting'
  return one.read < one.people ? 'unread' : 'read'
}
