import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { historyJsonSchema } from '../src/guidance/index.ts'

// Writes docs/incidents.schema.json from the schema of incident histories. A test says when that is needed.

const target = fileURLToPath(new URL('../docs/incidents.schema.json', import.meta.url))
const formatter = fileURLToPath(new URL('../node_modules/.bin/oxfmt', import.meta.url))

writeFileSync(target, `${JSON.stringify(historyJsonSchema(), null, 2)}\n`)
process.exitCode = spawnSync(formatter, [target], { stdio: 'inherit' }).status ?? 1
console.log('docs/incidents.schema.json written')
