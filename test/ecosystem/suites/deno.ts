import { equal } from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { installPackage, run } from '../../package/consumer.ts'
import { findDeno } from '../install.ts'

// What test/package does on Node and Bun. Deno's 92 MB are not for everybody who installs the product.
const deno = findDeno()

describe(
  'the packed package, in an empty project, on Deno',
  { skip: deno === undefined && 'no Deno for this system' },
  async () => {
    const { directory } = await installPackage()
    after(() => rmSync(directory, { recursive: true, force: true }))

    for (const sample of ['sdks.mjs', 'generate.mjs'])
      test(sample, async () => {
        const command = [deno ?? '', 'test', '-A', '--no-check', '--node-modules-dir=manual', `./${sample}`]
        const { code, output } = await run(command, directory)
        equal(code, 0, output)
      })
  },
)
