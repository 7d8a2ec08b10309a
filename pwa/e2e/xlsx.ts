import { deflateRawSync, inflateRawSync } from 'node:zlib'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** The parts of a zip file, by the list at its end. */
export function unzip(file: Buffer): Map<string, string> {
  const out = new Map<string, string>()
  const end = file.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  let at = file.readUInt32LE(end + 16)
  for (let n = file.readUInt16LE(end + 10); n > 0; n--) {
    const [method, size] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20)]
    const [name, extra, comment] = [28, 30, 32].map((offset) => file.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const from = file.readUInt32LE(at + 42)
    const body = from + 30 + file.readUInt16LE(from + 26) + file.readUInt16LE(from + 28)
    const raw = file.subarray(body, body + size)
    out.set(file.toString('utf8', at + 46, at + 46 + name), (method === 8 ? inflateRawSync(raw) : raw).toString('utf8'))
    at += 46 + name + extra + comment
  }
  return out
}

const plain = (xml: string) =>
  xml
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;|&#34;/g, '"')
    .replace(/&apos;|&#39;/g, "'")
    .replace(/&amp;/g, '&')

/** The cells of a row, each at its column: an empty one may not be written at all. */
function cellsOf(row: string, shared: string[]): string[] {
  const out: string[] = []
  for (const [, head, body] of row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
    const name = /r="([A-Z]+)/.exec(head!)![1]!
    const column = [...name].reduce((sum, letter) => sum * 26 + letters.indexOf(letter) + 1, 0) - 1
    while (out.length < column) out.push('')
    out[column] = /t="s"/.test(head!) ? shared[Number(plain(body ?? ''))]! : plain(body ?? '')
  }
  return out
}

/** The cells of a spreadsheet by sheet and row, as they lie in the file: texts and bare numbers. Not one is a formula. */
export function readSheets(file: Buffer): Map<string, string[][]> {
  const parts = unzip(file)
  const shared = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map((one) =>
    plain(one[1]!),
  )
  const names = [...parts.get('xl/workbook.xml')!.matchAll(/<sheet [^>]*?name="([^"]*)"/g)].map((one) => plain(one[1]!))
  return new Map(
    names.map((name, at) => {
      const xml = parts.get(`xl/worksheets/sheet${at + 1}.xml`)!
      if (/<f[ >]/.test(xml)) throw new Error(`${name} has a formula`)
      const rows = [...xml.matchAll(/<row [^>]*?(?:\/>|>(.*?)<\/row>)/gs)].map((row) => cellsOf(row[1] ?? '', shared))
      return [name, rows]
    }),
  )
}

/** Rows of a CSV file as RFC 4180 has them. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/g)) {
    const cell = match[1]!
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replace(/""/g, '"') : cell)
    if (match[2] === ',') continue
    rows.push(row)
    row = []
    if (match[2] === '') break
  }
  return rows
}

/** A file with one sheet of texts. */
export function makeXlsx(rows: string[][]): Buffer {
  const escape = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')
  const cells = rows.map((row, y) => {
    const list = row.map((text, x) =>
      text ? `<c r="${letters[x]}${y + 1}" t="inlineStr"><is><t>${escape(text)}</t></is></c>` : '',
    )
    return `<row r="${y + 1}">${list.join('')}</row>`
  })
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const relations = (target: string, type: string) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${rels}/${type}" Target="${target}"/></Relationships>`
  return zip({
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
    '_rels/.rels': relations('xl/workbook.xml', 'officeDocument'),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${rels}"><sheets><sheet name="花名册" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations('worksheets/sheet1.xml', 'worksheet'),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${cells.join('')}</sheetData></worksheet>`,
  })
}

function crc32(bytes: Buffer): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

export function zip(files: Record<string, string>): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const [name, text] of Object.entries(files)) {
    const raw = Buffer.from(text)
    const packed = deflateRawSync(raw)
    const both = Buffer.alloc(26)
    both.writeUInt16LE(20, 0)
    both.writeUInt16LE(8, 4)
    both.writeUInt32LE(crc32(raw), 10)
    both.writeUInt32LE(packed.length, 14)
    both.writeUInt32LE(raw.length, 18)
    both.writeUInt16LE(Buffer.byteLength(name), 22)
    const head = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), both, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), both, rest, Buffer.from(name)]))
    local.push(head)
    at += head.length
  }
  const list = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(central.length, 8)
  end.writeUInt16LE(central.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...local, list, end])
}
