// Copies the built app to where the Go program embeds it, each compressible file with its .br and .gz beside it.
import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const [from, to] = process.argv.slice(2)
for (const name of readdirSync(to)) if (name !== '.keep') rmSync(join(to, name), { recursive: true })
cpSync(from, to, { recursive: true, preserveTimestamps: false })

let sent = 0
for (const name of readdirSync(to, { recursive: true })) {
  const path = join(to, name)
  if (!statSync(path).isFile() || !/\.(html|js|css|json|webmanifest|svg|txt)$/.test(name)) continue
  const plain = readFileSync(path)
  if (plain.length < 1024) continue // headers would weigh more than what is won
  const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  writeFileSync(path + '.br', br)
  writeFileSync(path + '.gz', gzipSync(plain, { level: 9 }))
  sent += br.length
}
console.log(`app: ${Math.round(sent / 1024)} KB compressed with brotli`)
