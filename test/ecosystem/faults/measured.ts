import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Measured } from './measure.ts'

const PROGRAM = fileURLToPath(new URL('program.ts', import.meta.url))

/** Asks every client about every fault, in a process of its own. */
export async function allMeasured(): Promise<readonly Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fullstop-faults-'))
  const out = join(folder, 'measured.json')
  try {
    await promisify(execFile)(process.execPath, ['--no-warnings', PROGRAM, out])
    return JSON.parse(await readFile(out, 'utf8')) as readonly Measured[]
  } finally {
    await rm(folder, { recursive: true })
  }
}
