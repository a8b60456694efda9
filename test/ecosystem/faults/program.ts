import { writeFileSync } from 'node:fs'
import { measure } from './measure.ts'

// A process of its own, since some client libraries leave rejected promises behind when a stream breaks: those end a
// process that does not listen for them, and a test of the runner's.
process.on('unhandledRejection', () => {})

const [out] = process.argv.slice(2)
if (out === undefined) throw new TypeError('expected the file to write to')
// Libraries warn of broken streams on the console; the outcome is what is measured.
for (const method of ['warn', 'error', 'log'] as const) console[method] = () => {}

const measured = await measure((done, all) => {
  if (done % 500 === 0 || done === all) process.stderr.write(`${done} of ${all} questions asked\n`)
})
writeFileSync(out, JSON.stringify(measured))
process.exit(0)
