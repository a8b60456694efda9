import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { configJsonSchema } from '../src/config/index.ts'

// Writes docs/fullstop.schema.json from the configuration's schema. With --check it only says whether that is needed:
// exit code 1 when it is.

const target = fileURLToPath(new URL('../docs/fullstop.schema.json', import.meta.url))
const formatter = fileURLToPath(new URL('../node_modules/.bin/oxfmt', import.meta.url))

// Compared as values: how the file is laid out is the formatter's business.
function isCurrent(): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(readFileSync(target, 'utf8')), JSON.parse(JSON.stringify(configJsonSchema())))
  } catch {
    // Missing or not JSON: written anew.
    return false
  }
}

if (process.argv.includes('--check')) {
  if (isCurrent()) {
    console.log('docs/fullstop.schema.json is current')
  } else {
    console.error('docs/fullstop.schema.json is stale; run: bun scripts/config-schema.ts')
    process.exitCode = 1
  }
} else {
  writeFileSync(target, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  const { status } = spawnSync(formatter, [target], { stdio: 'inherit' })
  process.exitCode = status ?? 1
  console.log('docs/fullstop.schema.json written')
}
