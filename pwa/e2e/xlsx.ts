import { inflateRawSync } from 'node:zlib'

/** The parts of a zip file, by the list at its end. */
function unzip(file: Buffer): Map<string, string> {
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
      const rows = [...xml.matchAll(/<row [^>]*?(?:\/>|>(.*?)<\/row>)/gs)].map((row) =>
        [...(row[1] ?? '').matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map((cell) =>
          /t="s"/.test(cell[1]!) ? shared[Number(plain(cell[2] ?? ''))]! : plain(cell[2] ?? ''),
        ),
      )
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
