import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseConfig } from '../src/config/index.ts'

const ROOT = join(import.meta.dir, '..')
const KEYS = { ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'o' }
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

describe('documentation', () => {
  test('every example configuration is one that Fullstop takes', () => {
    const examples = [
      ...readdirSync(join(ROOT, 'examples'))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => read(`examples/${name}`)),
      ...[...read('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? ''),
    ]
    expect(examples.length).toBeGreaterThan(1)
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
