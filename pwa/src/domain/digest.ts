import { canonical, canonicalValue, version, type Sha256 } from './canonical'
import type { Row, RowReason } from './change'

/** How many rows there are, and the sum of their hashes modulo 2^64 (S18), as it is on the wire. */
export interface Digest {
  rows: number
  sum: string
}

/** A number of 64 bits in two halves: JavaScript's own end at 2^53. */
type Long = [high: number, low: number]

export const none: Digest = { rows: 0, sum: '0000000000000000' }

const hex = ([high, low]: Long): string => high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
const parse = (sum: string): Long => [parseInt(sum.slice(0, 8), 16), parseInt(sum.slice(8), 16)]

/** The digest with rows of these hashes more, and of those less. */
export function changed(digest: Digest, more: readonly string[], less: readonly string[]): Digest {
  let [high, low] = parse(digest.sum)
  for (const [hashes, sign] of [
    [more, 1],
    [less, -1],
  ] as const) {
    for (const one of hashes) {
      const [h, l] = parse(one)
      low += sign * l
      high += sign * h + Math.floor(low / 2 ** 32)
      low >>>= 0
      high >>>= 0
    }
  }
  return { rows: digest.rows + more.length - less.length, sum: hex([high, low]) }
}

/** FNV-1a over the UTF-8 of its parts, each ended by U+001F; and at its end the mixing of sync/change/digest.go. */
class Fnv {
  private high = 0xcbf29ce4
  private low = 0x84222325

  private byte(one: number): void {
    const low = (this.low ^ one) >>> 0
    // Times 2^40 + 0x1b3.
    const product = low * 0x1b3
    this.low = product >>> 0
    this.high = (Math.imul(this.high, 0x1b3) + (product - this.low) / 2 ** 32 + (low << 8)) >>> 0
  }

  text(text: string): this {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < 0x80) {
        this.byte(unit)
        continue
      }
      const point = text.codePointAt(i)!
      if (point > 0xffff) i++
      if (point < 0x800) this.byte(0xc0 | (point >> 6))
      else {
        if (point < 0x10000) this.byte(0xe0 | (point >> 12))
        else {
          this.byte(0xf0 | (point >> 18))
          this.byte(0x80 | ((point >> 12) & 0x3f))
        }
        this.byte(0x80 | ((point >> 6) & 0x3f))
      }
      this.byte(0x80 | (point & 0x3f))
    }
    this.byte(0x1f)
    return this
  }

  all(...parts: (string | number | boolean | null | undefined)[]): this {
    for (const part of parts) this.text(part === true ? '1' : part ? String(part) : '')
    return this
  }

  reason(reason: RowReason): this {
    return this.all('reason', reason.event, reason.text, reason.by)
      .number(reason.at)
      .all(...(reason.fields ?? []))
  }

  number(one: number | undefined): this {
    return this.text(String(one ?? 0))
  }

  done(): string {
    let { high, low } = this
    high = Math.imul(high ^ (low >>> 15), 0x85ebca6b) >>> 0
    low = Math.imul(low ^ (high >>> 13), 0xc2b2ae35) >>> 0
    return hex([(high ^ (low >>> 16)) >>> 0, low])
  }
}

/** Where a record stands when a feed is halved: evenly spread, whatever the ids are. */
export const place = (entity: string): string => new Fnv().text(entity).done()

function hash(row: Row, content: string | undefined, approved: string | undefined): string {
  if (row.stub) return new Fnv().all('stub', row.type, row.unit, row.state, row.entity).done()
  const fnv = new Fnv()
    .all('row', row.type, row.unit, row.state, row.form)
    .number(row.form_version)
    .all(content, row.author, approved, row.approved_by)
    .number(row.approved_at)
    .all(row.case, row.sensitive, row.urgent)
    .number(row.submitted_at)
    .number(row.created_at)
    .number(row.updated_at)
  for (const flag of row.flags ?? []) fnv.all('flag', flag)
  for (const { field, value, by, at } of row.conflicts ?? [])
    fnv.all('conflict', field, canonicalValue(value), by).number(at)
  if (row.reason) fnv.reason(row.reason)
  if (row.refused) fnv.all('refused', canonical(row.refused.content)).reason(row.refused.reason)
  for (const { by, at, reason } of row.disclosures ?? []) fnv.all('disclosure', by).number(at).all(reason)
  return fnv.all(row.entity).done()
}

/** What a row shows, as a number in hex; the version stands for the content. */
export const rowHash = (row: Row): string => hash(row, row.version, row.approved_version)

/** No row has this hash but one that cannot be read any more. */
export const unreadable = 'ffffffffffffffff'

/** The same with the versions reckoned anew from the contents: so is seen what was garbled where it lies. */
export function reckoned(row: Row, sha256: Sha256): string {
  try {
    if (row.stub) return row.content || row.approved ? unreadable : rowHash(row)
    const content = version(row.content ?? {}, sha256)
    let approved = row.approved_version
    if (row.approved) approved = version(row.approved, sha256)
    else if (approved && approved === row.version) approved = content
    else if (approved) approved = 'missing'
    return hash(row, content, approved)
  } catch {
    return unreadable
  }
}
