import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const ROOT: string = join(import.meta.dirname, '../..')
const SAMPLES = join(import.meta.dirname, 'samples')

/** What a user's project has beside the package: the official SDKs, and Node's types. */
const BESIDE = ['openai', '@anthropic-ai/sdk', '@types/node'] as const

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

interface LockEntry {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

interface Lock {
  readonly lockfileVersion: number
  readonly packages: Readonly<Record<string, object>>
}

/** Someone's project with the packed package installed, and nothing that only this repository has. */
export interface Consumer {
  readonly directory: string
  /** The packed files, unpacked by npm. */
  readonly installed: string
  readonly tarball: string
}

/** `npm pack`, then `npm ci` in a new folder. */
export async function installPackage(): Promise<Consumer> {
  const directory = mkdtempSync(join(tmpdir(), 'fullstop-consumer-'))
  await succeed(['npm', 'pack', '--silent', '--pack-destination', directory], ROOT)
  const name = readdirSync(directory).find((file) => file.endsWith('.tgz')) ?? ''
  const tarball = join(directory, name)
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
  const lock = lockFor(manifest, name, readFileSync(tarball))
  writeFileSync(join(directory, 'package.json'), JSON.stringify(lock.packages['']))
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify(lock))
  // The versions are those of this repository's lock, so that npm's cache has them.
  await succeed(['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], directory)
  for (const sample of [SAMPLES, join(ROOT, 'examples/in-process')]) cpSync(sample, directory, { recursive: true })
  return { directory, installed: join(directory, 'node_modules/fullstop'), tarball }
}

function lockFor(manifest: Manifest, tarball: string, bytes: Uint8Array): Lock {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, LockEntry>>
  }
  const taken: Record<string, object> = {}
  const take = (name: string): void => {
    const key = `node_modules/${name}`
    const entry = packages[key]
    if (entry === undefined || key in taken) return
    taken[key] = { ...entry, dev: undefined, peer: undefined }
    for (const dependency of Object.keys(entry.dependencies ?? {})) take(dependency)
    for (const nested of Object.keys(packages))
      if (nested.startsWith(`${key}/`)) taken[nested] = { ...packages[nested] }
  }
  for (const name of [...Object.keys(manifest.dependencies), ...BESIDE]) take(name)
  const beside = Object.fromEntries(BESIDE.map((name) => [name, packages[`node_modules/${name}`]?.version ?? '']))
  const file = `file:${tarball}`
  const project = {
    name: 'consumer',
    version: '1.0.0',
    type: 'module',
    dependencies: { ...beside, [manifest.name]: file },
  }
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  taken[`node_modules/${manifest.name}`] = { ...manifest, devDependencies: undefined, resolved: file, integrity }
  return { lockfileVersion: 3, packages: { '': project, ...taken } }
}

/** How a command ended. */
export interface Run {
  /** `null` where a signal ended it. */
  readonly code: number | null
  /** Both outputs, as they came. */
  readonly output: string
}

export function run(
  [program = '', ...words]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

export async function succeed(command: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await run(command, cwd)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${output}`)
  return output
}

/** Relative paths of all files, sorted. */
export function filesOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted()
}

/** A project of one of the TypeScript samples, checked as strictly as the options leave it. */
export function writeTypesProject(consumer: Consumer, sample: string, name: string, compilerOptions: object): string {
  const directory = join(consumer.directory, name)
  mkdirSync(directory)
  cpSync(join(SAMPLES, sample), join(directory, sample))
  const strict = { strict: true, noEmit: true, target: 'es2022', exactOptionalPropertyTypes: true, skipLibCheck: false }
  const options = { ...strict, ...compilerOptions }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [sample] }))
  return directory
}
