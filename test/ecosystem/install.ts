import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
/** What was installed, so that nothing is installed twice. */
const STAMP = `${FOLDER}node_modules/.installed`

/** Installs the clients when the lockfile says other ones than are there; `undefined`, or why that was not possible. */
export function installClients(): string | undefined {
  const wanted = createHash('sha256')
    .update(readFileSync(`${FOLDER}package-lock.json`))
    .digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return undefined
  console.error('installing the clients, about a gigabyte …')
  // No package here needs its install script; two would fetch or move programs that are there already.
  const { status, stderr, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    // `npm run --silent` would silence the reason of a failure too.
    env: { ...process.env, npm_config_loglevel: 'error' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0)
    return `npm ci failed: ${
      error?.message ??
      stderr
        .split('\n')
        .filter((line) => line.startsWith('npm error'))
        .slice(0, 3)
        .join(' ')
    }`
  writeFileSync(STAMP, wanted)
  return undefined
}

/** Where the package itself is to run too; `undefined` where there is none for this system. */
export function findDeno(): string | undefined {
  const { platform, arch } = process
  const names = [`${platform}-${arch}`, `${platform}-${arch}-glibc`]
  return names.map((name) => `${FOLDER}node_modules/@deno/${name}/deno`).find((path) => existsSync(path))
}

/** Where the clients of this package run: several want Node 22, and so do the tests, which are TypeScript. */
export function findNode(): string | undefined {
  const { platform, arch } = process
  const names = [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`]
  return names.map((name) => `${FOLDER}node_modules/${name}/bin/node`).find((path) => existsSync(path))
}
