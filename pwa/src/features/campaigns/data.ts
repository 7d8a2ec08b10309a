import { ApiError, client, ok, type Schemas } from '@/api/client'
import type { Level } from '@/domain/catalogue'
import { authorised } from '@/state/session'
import { errorText, language, t } from '@/texts'

export type Campaign = Schemas['Campaign']
export type Counts = Schemas['CampaignCounts']
export type Given = Schemas['GivenCampaign']
export type Problem = Schemas['CampaignProblem']
export type Progress = Schemas['CampaignProgress']
export type UnitProgress = Schemas['CampaignUnit']
export type Preview = Schemas['CampaignPreview']
export type Change = Schemas['CampaignChange']
export type Called = Schemas['CampaignPhones']
export type Targets = Schemas['CampaignTargets']

const of = (id: string) => ({ path: { id } })

export const list = (): Promise<Schemas['Campaigns']> =>
  authorised((headers) => ok(client.GET('/api/v1/campaigns', { params: { query: { all: true } }, headers })))

export const drafts = (): Promise<Schemas['CampaignDraft'][]> =>
  authorised((headers) => ok(client.GET('/api/v1/campaigns/drafts', { headers }))).then((answer) => answer.drafts)

/** Keeps a draft on the server, finished or not; what still keeps it from being published. */
export const putDraft = (id: string, body: Given): Promise<Problem[]> =>
  authorised((headers) => ok(client.PUT('/api/v1/campaigns/drafts/{id}', { params: of(id), body, headers }))).then(
    (answer) => answer.problems,
  )

export const dropDraft = (id: string): Promise<void> =>
  authorised((headers) => ok(client.DELETE('/api/v1/campaigns/drafts/{id}', { params: of(id), headers })))

export const publish = (id: string): Promise<Campaign> =>
  authorised((headers) => ok(client.POST('/api/v1/campaigns/drafts/{id}/publish', { params: of(id), headers })))

export const preview = (body: Given): Promise<Preview> =>
  authorised((headers) => ok(client.POST('/api/v1/campaigns/preview', { body, headers })))

export type Way = 'each' | 'equal' | 'households' | 'percent'

export const targets = (unit: string, level: Level, way: Way, n: number): Promise<Targets> =>
  authorised((headers) => ok(client.POST('/api/v1/campaigns/targets', { body: { unit, level, way, n }, headers })))

export const importTargets = (unit: string, file: File): Promise<Targets> => {
  const form = new FormData()
  form.append('file', file)
  return authorised((headers) =>
    ok(
      client.POST('/api/v1/campaigns/targets/import', {
        params: { query: { unit } },
        body: { file: '' },
        bodySerializer: () => form,
        headers,
      }),
    ),
  )
}

export const template = (unit: string, level: Level): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/campaigns/targets/template', {
        params: { query: { unit, level } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

/** A unit with those right below it; with a level a league of its units. */
export const progress = (id: string, unit?: string, level?: Level): Promise<Progress> =>
  authorised((headers) =>
    ok(client.GET('/api/v1/campaigns/{id}', { params: { ...of(id), query: { unit, level } }, headers })),
  )

/** Those that run, or those that have ended, as a file. */
export const listFile = (state: 'running' | 'closed', format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/campaigns/export', {
        params: { query: { state, format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  )

/** The same table as a file, with what each column says. */
export const fileOf = (id: string, unit: string, level: Level | undefined, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/campaigns/{id}/export', {
        params: { ...of(id), query: { unit, level, format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

export const missing = (id: string, unit: string, from: number) =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/campaigns/{id}/missing', {
        params: { ...of(id), query: { unit, from, limit: 100 } },
        headers,
      }),
    ),
  )

/** All of them as a file, in which sensitive entries are as if they were not there. */
export const missingFile = (id: string, unit: string, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/campaigns/{id}/missing/export', {
        params: { ...of(id), query: { unit, format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

export const changes = (id: string): Promise<Change[]> =>
  authorised((headers) => ok(client.GET('/api/v1/campaigns/{id}/changes', { params: of(id), headers }))).then(
    (answer) => answer.changes,
  )

/** The same as a file, a line for each thing. */
export const changesFile = (id: string, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/campaigns/{id}/changes/export', {
        params: { ...of(id), query: { format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  )

export const phones = (id: string): Promise<Called> =>
  authorised((headers) => ok(client.GET('/api/v1/campaigns/{id}/phones', { params: of(id), headers })))

/** The same as a file. */
export const phonesFile = (id: string, format: 'xlsx' | 'csv'): Promise<Blob> =>
  authorised((headers) =>
    ok(
      client.GET('/api/v1/campaigns/{id}/phones/export', {
        params: { ...of(id), query: { format, lang: language.value } },
        headers,
        parseAs: 'blob',
      }),
    ),
  ) as Promise<Blob>

export const extend = (id: string, version: number, deadline: string): Promise<Campaign> =>
  authorised((headers) =>
    ok(client.POST('/api/v1/campaigns/{id}/extend', { params: of(id), body: { version, deadline }, headers })),
  )

export const close = (id: string, version: number): Promise<Campaign> =>
  authorised((headers) =>
    ok(client.POST('/api/v1/campaigns/{id}/close', { params: of(id), body: { version }, headers })),
  )

export const copy = (id: string): Promise<Schemas['CampaignDraft']> =>
  authorised((headers) => ok(client.POST('/api/v1/campaigns/{id}/copy', { params: of(id), headers })))

export interface Mending {
  version: number
  title: string
  text: string
  targets: { unit: string; n: number }[]
  remind: number[]
}

export const mend = (id: string, body: Mending): Promise<Campaign> =>
  authorised((headers) => ok(client.POST('/api/v1/campaigns/{id}/mend', { params: of(id), body, headers })))

/** What to say about an error of one of these. */
export function problemText(problem: unknown): string {
  const code = problem instanceof ApiError ? problem.code : undefined
  return code === 'network' ? t('campaigns.offline') : errorText(code)
}

/** One thing that is wrong with a draft: what is not there yet is asked for; the server's sentence says more of a condition. */
export function sentenceOf(one: Problem, draft: Pick<Given, 'start' | 'deadline' | 'counts'>): string {
  if (one.code === 'missing_field' && one.field === 'title') return t('campaigns.edit.need.title')
  if (one.code === 'missing_field' && one.field === 'targets') return t('campaigns.edit.need.targets')
  if (one.field.startsWith('counts.') && !draft.counts.form && !draft.counts.indicator)
    return t('campaigns.edit.need.counts')
  if (one.code === 'bad_date' && (!draft.start || !draft.deadline)) return t('campaigns.edit.need.days')
  return language.value === 'zh' || one.code === 'bad_filter' ? one.sentence : errorText(one.code)
}
