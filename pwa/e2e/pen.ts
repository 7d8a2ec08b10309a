import { createHash, randomBytes } from 'node:crypto'
import { PASSWORD, type Server } from './server'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
export const freshId = () => randomBytes(16).toString('hex')

/** What became of a change: the record it is about, and the version that the record has now. */
export interface Became {
  entity: string
  outcome: string
  code?: string
  version?: string
}

/** Writes many changes by the protocol (W2, W3) without a screen: what a test needs to be there before it begins. */
export class Pen {
  private readonly url: string
  readonly token: string
  private readonly epoch = freshId()
  private n = 0
  private prev = ''

  private constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  static async of(server: Server, account: string): Promise<Pen> {
    const answer = await fetch(`${server.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ account, password: PASSWORD, device: { id: freshId(), name: 'pen' } }),
    })
    if (!answer.ok) throw new Error(`${account} cannot sign in: ${await answer.text()}`)
    return new Pen(server.url, ((await answer.json()) as { access: string }).access)
  }

  /** Sends changes in order; each has what is its own, the rest is filled in. */
  async write(changes: readonly { entity: string; [key: string]: unknown }[]): Promise<Became[]> {
    const from = this.n + 1
    const lines = changes.map((change) => {
      const now = Date.now()
      const line = JSON.stringify({ epoch: this.epoch, n: ++this.n, prev: this.prev, at: now, seen: now, ...change })
      this.prev = hash(line)
      return line
    })
    const head = { protocol: 1, epoch: this.epoch, from, server_epoch: '', cursors: {} }
    const answer = await fetch(`${this.url}/api/v1/sync`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson', Authorization: `Bearer ${this.token}` },
      body: [JSON.stringify(head), ...lines].join('\n'),
    })
    if (!answer.ok) throw new Error(await answer.text())
    const { push } = (await answer.json()) as { push: { outcomes: Omit<Became, 'entity'>[] } }
    const became = push.outcomes.map((one, at) => ({ ...one, entity: changes[at]!.entity }))
    const wrong = became.find((one) => !['applied', 'merged', 'conflict'].includes(one.outcome))
    if (wrong) throw new Error(`${JSON.stringify(wrong)} of ${JSON.stringify(changes)}`)
    return became
  }

  /** Households of a unit, by the names of their heads. */
  async households(unit: string, heads: readonly string[]): Promise<string[]> {
    const made = await this.write(
      heads.map((head) => ({ type: 'household', entity: freshId(), kind: 'create', unit, fields: { head } })),
    )
    return made.map((one) => one.entity)
  }

  /** Entries of one form, submitted at once. */
  entries(unit: string, form: string, contents: readonly object[]): Promise<Became[]> {
    return this.write(
      contents.map((fields) => ({
        type: 'entry',
        entity: freshId(),
        kind: 'create',
        unit,
        form,
        form_version: 1,
        fields,
        event: 'submit',
      })),
    )
  }

  /** A message of hers to units below one of hers. */
  async message(unit: string, units: readonly string[], text: string): Promise<string> {
    const id = freshId()
    const answer = await fetch(`${this.url}/api/v1/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ id, unit, units, text }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return id
  }

  sendBack({ entity, version }: Became, text: string): Promise<Became[]> {
    return this.write([
      { type: 'entry', entity, kind: 'transition', event: 'return', trunk: version, reason: { text } },
    ])
  }

  approve(entries: readonly Became[]): Promise<Became[]> {
    return this.write(
      entries.map(({ entity, version }) => ({
        type: 'entry',
        entity,
        kind: 'transition',
        event: 'approve',
        trunk: version,
      })),
    )
  }
}

/** A visit in which two people of its unit, each without having seen the other's change, say another thing (M7). */
export async function twoSay(
  [a, b]: readonly [Pen, Pen],
  unit: string,
  visit: object,
  said: readonly [object, object],
): Promise<Became> {
  const [first] = await a.entries(unit, 'home_visit', [visit])
  const { entity, version } = first!
  const patch = (fields: object) => ({ type: 'entry', entity, kind: 'patch', form_version: 1, fields, trunk: version })
  await a.write([patch(said[0])])
  const [second] = await b.write([patch(said[1])])
  if (second!.outcome !== 'conflict') throw new Error(`no conflict: ${second!.outcome}`)
  return first!
}
