import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Breaks src/resilience in one place at a time and runs its tests on each: what they do not notice is printed, and the
// share that they do is the score. `bun scripts/mutate-resilience.ts [part of a file name]`; exit code 1 below MINIMUM.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDER = 'src/resilience'
const SUPPORT = 'test/support'
/** Percent. */
const MINIMUM = 92
/** A mutant that loops is noticed by the time it takes. */
const TIMEOUT_MS = 20_000
const AT_ONCE = 2

interface Mutant {
  readonly file: string
  readonly line: number
  readonly from: string
  readonly to: string
  readonly text: string
}

/** Replacements within a line of code; the formatter puts spaces around every operator. */
const SWAPS: readonly (readonly [RegExp, string])[] = [
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ < /g, ' > '],
  [/ > /g, ' < '],
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' / '],
  [/ \/ /g, ' * '],
  [/ % /g, ' * '],
  [/ \*\* /g, ' * '],
  [/ \+= /g, ' -= '],
  [/ -= /g, ' += '],
  [/ \*= /g, ' /= '],
  [/\+\+/g, '--'],
  [/Math\.min/g, 'Math.max'],
  [/Math\.max/g, 'Math.min'],
  [/Math\.floor/g, 'Math.ceil'],
  [/Math\.ceil/g, 'Math.floor'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/\b\d[\d_]*(?:\.\d+)?\b/g, 'n + 1'],
]

const STATEMENT = /^\s+(?:this\.[#\w.[\]]+(?: [-+*/]?= .*|\(.*\))|return|break|continue)$/
const CONDITION = /\bif \((.*)\) /

function mutantsOf(file: string): readonly Mutant[] {
  const lines = readFileSync(join(ROOT, FOLDER, file), 'utf8').split('\n')
  return lines.flatMap((text, line) => {
    if (/^\s*(?:\/\/|\/?\*|import |export \{|\}? from |readonly |(?:export )?(?:type|interface) |\| )/.test(text))
      return []
    const [code = ''] = text.split(' // ')
    const mutate = (from: string, to: string, mutated: string): Mutant => ({ file, line, from, to, text: mutated })
    const swapped = SWAPS.flatMap(([pattern, to]) =>
      [...code.matchAll(pattern)].flatMap((match) => {
        const [from] = match
        const value = to === 'n + 1' ? String(Number(from.replaceAll('_', '')) + 1) : to
        return /\w\d/.test(code.slice(match.index - 1, match.index + 1))
          ? []
          : [mutate(from, value, code.slice(0, match.index) + value + code.slice(match.index + from.length))]
      }),
    )
    const condition = CONDITION.exec(code)?.[1]
    const forced =
      condition === undefined ? [] : ['true', 'false'].map((to) => mutate(condition, to, code.replace(condition, to)))
    const removed = STATEMENT.test(code) ? [mutate(code.trim(), 'nothing', code.replace(/\S.*/, ''))] : []
    return [...swapped, ...forced, ...removed]
  })
}

/** A copy of what the tests need. */
function sandbox(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fullstop-mutants-'))
  cpSync(join(ROOT, FOLDER), join(folder, FOLDER), { recursive: true })
  for (const name of ['fake-clock.ts', 'histories.ts']) cpSync(join(ROOT, SUPPORT, name), join(folder, SUPPORT, name))
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(ROOT, name), join(folder, name))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Whether the tests notice. */
async function isKilled(folder: string): Promise<boolean> {
  const child = Bun.spawn(['bun', 'test', '--bail', FOLDER], {
    cwd: folder,
    stdout: 'ignore',
    stderr: 'ignore',
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` },
  })
  const timer = setTimeout(() => child.kill(9), TIMEOUT_MS)
  const code = await child.exited
  clearTimeout(timer)
  return code !== 0
}

const wanted = process.argv[2] ?? ''
const files = readdirSync(join(ROOT, FOLDER)).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts' && file.includes(wanted),
)
const waiting = files.flatMap(mutantsOf)
const total = waiting.length
const survivors: Mutant[] = []
const counts = new Map(files.map((file) => [file, { killed: 0, all: 0 }]))

async function work(): Promise<void> {
  const folder = sandbox()
  try {
    if (await isKilled(folder)) throw new Error('the tests fail without any mutant')
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const path = join(folder, FOLDER, mutant.file)
      const original = readFileSync(path, 'utf8')
      const lines = original.split('\n')
      lines[mutant.line] = mutant.text
      writeFileSync(path, lines.join('\n'))
      const killed = await isKilled(folder)
      writeFileSync(path, original)
      const count = counts.get(mutant.file)
      if (count !== undefined) {
        count.all += 1
        if (killed) count.killed += 1
      }
      if (!killed) survivors.push(mutant)
      if (waiting.length % 50 === 0) console.error(`${total - waiting.length} of ${total}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work))
for (const { file, line, from, to } of survivors.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line))
  console.log(`${basename(file)}:${line + 1}  ${from.trim()} → ${to.trim()}`)
const percent = (killed: number, all: number): string => `${((100 * killed) / Math.max(1, all)).toFixed(1)} %`
for (const [file, { killed, all }] of counts)
  if (all > 0) console.log(`${file}: ${killed} of ${all}, ${percent(killed, all)}`)
const killed = total - survivors.length
console.log(`all: ${killed} of ${total}, ${percent(killed, total)}`)
process.exitCode = (100 * killed) / Math.max(1, total) < MINIMUM ? 1 : 0
