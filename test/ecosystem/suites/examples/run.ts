import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutKeys } from '../../gateway-process.ts'

export const EXAMPLES_FOLDER: string = fileURLToPath(new URL('../../../../examples', import.meta.url))
const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** A program that has not ended by then hangs, ms. */
const PATIENCE_MS = 60_000

export interface Ended {
  /** `null` where it had to be killed. */
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** The examples as a newcomer has them: a copy of the folder, with the packages of these tests in place of `npm install`. */
export interface Installed {
  readonly run: (path: string, url: string) => Promise<Ended>
  readonly remove: () => Promise<void>
}

export async function installExamples(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'fullstop-examples-'))
  await cp(EXAMPLES_FOLDER, folder, { recursive: true, filter: (path) => !path.includes('node_modules') })
  await symlink(PACKAGES, join(folder, 'node_modules'))
  return {
    run: (path, url) => runNode(join(folder, path), url),
    remove: () => rm(folder, { recursive: true }),
  }
}

function runNode(path: string, url: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...withoutKeys(process.env), FULLSTOP_URL: url }
    const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    let output = ''
    let errors = ''
    child.stdout.on('data', (bytes: Buffer) => void (output += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => void (errors += bytes.toString()))
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output, errors })
    })
  })
}
