import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseConfig } from '../src/config/index.ts'

const ROOT = join(import.meta.dir, '..')
const HASH = 'ab'.repeat(32)
const KEYS = {
  ANTHROPIC_API_KEY: 'a',
  ANTHROPIC_API_KEY_2: 'b',
  OPENAI_API_KEY: 'o',
  GEMINI_API_KEY: 'g',
  SUPPORT_DESK_KEY_SHA256: HASH,
  DEVELOPERS_KEY_SHA256: 'cd'.repeat(32),
  CONTROL_KEY_SHA256: 'ef'.repeat(32),
  FULLSTOP_KEY_SHA256: HASH,
}
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  'examples/README.md',
  ...readdirSync(join(ROOT, 'examples')).map((name) => `examples/${name}/README.md`),
].filter((name) => name.endsWith('.md') && existsSync(join(ROOT, name)))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

describe('documentation', () => {
  test('every example configuration is one that Fullstop takes', () => {
    const examples = [
      ...readdirSync(join(ROOT, 'examples'), { recursive: true })
        .map(String)
        .filter((name) => name.endsWith('fullstop.yaml') && !name.includes('node_modules'))
        .map((name) => read(`examples/${name}`)),
      ...[...read('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? ''),
    ]
    expect(examples.length).toBeGreaterThan(2)
    for (const text of examples) expect(parseConfig(text, { source: 'example', env: KEYS })).toMatchObject({ ok: true })
  })

  test('links between pages lead somewhere', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !target.includes('://') && !existsSync(join(ROOT, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    )
    expect(broken).toEqual([])
  })

  test('files that pages name in code exist', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/`((?:src|test|scripts|docs|bench)\/[\w./-]+\.(?:ts|md|json))`/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${page}: ${target}`),
    )
    expect(broken).toEqual([])
  })
})
