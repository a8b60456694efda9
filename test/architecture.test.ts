import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const SRC = join(ROOT, 'src')

/** Which modules a module may import: the arrows of ARCHITECTURE.md. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  collections: [],
  evidence: [],
  resilience: [],
  yaml: [],
  config: ['yaml', 'schema', 'protocols/core'],
  page: [],
  guidance: ['yaml', 'page'],
  lab: ['page'],
  'protocols/core': ['evidence'],
  'protocols/anthropic': ['protocols/core', 'evidence'],
  'protocols/openai': ['protocols/core', 'evidence'],
  'protocols/openai-responses': ['protocols/openai', 'protocols/core', 'evidence'],
  'protocols/openai-chat': ['protocols/openai', 'protocols/core', 'evidence'],
  'protocols/gemini': ['protocols/core', 'evidence'],
  exchange: ['collections', 'protocols/core', 'resilience', 'evidence', 'errors'],
  engine: [
    'collections',
    'exchange',
    'protocols/core',
    'protocols/anthropic',
    'protocols/openai-chat',
    'protocols/openai-responses',
    'protocols/gemini',
    'config',
    'schema',
    'resilience',
    'evidence',
    'errors',
  ],
  schema: ['collections', 'protocols/core', 'evidence'],
  'runtime/web': ['exchange', 'resilience'],
  'runtime/bun': ['exchange', 'resilience'],
  'in-process': [
    'engine',
    'exchange',
    'schema',
    'runtime/web',
    'config',
    'protocols/core',
    'protocols/openai-chat',
    'evidence',
  ],
  index: ['in-process', 'runtime/web', 'config', 'evidence'],
  server: ['engine', 'runtime/web', 'runtime/bun', 'exchange', 'config', 'resilience', 'evidence', 'errors'],
  cli: ['server', 'engine', 'lab', 'config', 'guidance', 'yaml', 'evidence'],
}

interface Import {
  readonly file: string
  readonly module: string
  readonly specifier: string
  /** Of a relative import, from `src`. */
  readonly target: string | undefined
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .toSorted()

function moduleOf(file: string): string {
  const [first = '', second = ''] = file.split('/')
  return first === 'protocols' || first === 'runtime' ? `${first}/${second}` : first.replace(/\.ts$/, '')
}

const imports: readonly Import[] = files.flatMap((file) => {
  const source = readFileSync(join(SRC, file), 'utf8')
  const pattern = /^(?:import|export)\b[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...source.matchAll(pattern)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    const target = specifier.startsWith('.') ? relative(SRC, join(SRC, dirname(file), specifier)) : undefined
    return { file, module: moduleOf(file), specifier, target }
  })
})

const across = imports.filter(
  ({ module, target }) => target !== undefined && !target.startsWith('..') && moduleOf(target) !== module,
)

/** Tests too; what was installed below is not looked through. */
function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesIn(path)
    return path.endsWith('.ts') ? [path] : []
  })
}

/** What a file takes from others by name, as `path name`. */
function takenBy(file: string): readonly string[] {
  const pattern = /^(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/gm
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(pattern)].flatMap(([, names = '', specifier = '']) =>
    namesIn(names).map((name) => `${join(dirname(file), specifier)} ${name}`),
  )
}

/** What a module's door passes on. */
function offeredBy(file: string): readonly string[] {
  const pattern = /^export\s+(?:type\s+)?\{([^}]*)\}\s+from/gm
  return [...readFileSync(join(SRC, file), 'utf8').matchAll(pattern)].flatMap(([, names = '']) => namesIn(names))
}

function namesIn(list: string): readonly string[] {
  return list.split(',').flatMap((each) => /^(?:type\s+)?(\w+)/.exec(each.trim())?.[1] ?? [])
}

describe('architecture', () => {
  test('the imports are found', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(across.length).toBeGreaterThan(100)
  })

  test('every module is on the map', () => {
    expect([...new Set(files.map(moduleOf))].toSorted()).toEqual(Object.keys(ARROWS).toSorted())
  })

  test('imports follow the arrows', () => {
    const wrong = across.filter(({ module, target = '' }) => !(ARROWS[module] ?? []).includes(moduleOf(target)))
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
  })

  test('there is no arrow that nothing follows', () => {
    const followed = new Set(across.map(({ module, target = '' }) => `${module} ${moduleOf(target)}`))
    const arrows = Object.entries(ARROWS).flatMap(([from, tos]) => tos.map((to) => `${from} ${to}`))
    expect(arrows.filter((arrow) => !followed.has(arrow))).toEqual([])
  })

  test('a module is entered through its door', () => {
    const wrong = across.filter(({ target = '' }) => target !== 'errors.ts' && !target.endsWith('/index.ts'))
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
  })

  test('doors name every export', () => {
    const wrong = files.filter((file) => /export \* /.test(readFileSync(join(SRC, file), 'utf8')))
    expect(wrong).toEqual([])
  })

  test('a door names nothing that nobody takes', () => {
    const everywhere = ['src', 'test', 'bench', 'scripts', 'examples'].flatMap(sourcesIn)
    const taken = new Set(everywhere.flatMap(takenBy))
    // The package's entry is for others to take from.
    const doors = files.filter((file) => file.endsWith('/index.ts'))
    const offered = doors.flatMap((file) => offeredBy(file).map((name) => `src/${file} ${name}`))
    expect(offered.length).toBeGreaterThan(200)
    expect(offered.filter((each) => !taken.has(each))).toEqual([])
  })

  test('the engine and everything below it use web standards alone', () => {
    const below = new Set<string>()
    const visit = (module: string): void => {
      if (below.has(module)) return
      below.add(module)
      for (const next of ARROWS[module] ?? []) visit(next)
    }
    visit('engine')
    // Loading a configuration file is the one thing that reads a disk, and Node can do it too.
    below.delete('config')
    const platform = imports.filter(({ module, specifier }) => below.has(module) && /^(node:|bun\b)/.test(specifier))
    expect(platform.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
    const globals = files.filter((file) => below.has(moduleOf(file)) && /\b(Bun|Buffer|process)\./.test(code(file)))
    expect(globals).toEqual([])
  })

  test('the package’s entry reaches nothing of Bun, and nothing that is not its own', () => {
    const reached = reachedFrom('index.ts')
    expect(reached.length).toBeGreaterThan(80)
    const modules = new Set(reached.map(moduleOf))
    expect(['server', 'lab', 'cli', 'runtime/bun'].filter((module) => modules.has(module))).toEqual([])
    const packages = new Set(
      imports
        .filter(({ file, target }) => reached.includes(file) && target === undefined)
        .map(({ specifier }) => specifier),
    )
    expect([...packages].toSorted()).toEqual([
      'ajv',
      'ajv/dist/2020.js',
      'node:buffer',
      'node:fs',
      'node:fs/promises',
      'node:path',
      'node:process',
      'yaml',
      'zod',
    ])
    expect(reached.filter((file) => /\bBun\b/.test(code(file)))).toEqual([])
  })

  test('time and chance are passed in', () => {
    const allowed = ['runtime/web', 'runtime/bun', 'lab', 'cli', 'config']
    const wrong = files.filter(
      (file) =>
        !allowed.includes(moduleOf(file)) &&
        /\b(Date\.now|performance\.now|setTimeout|setInterval|new Date\(\)|Math\.random\()/.test(code(file)),
    )
    expect(wrong).toEqual([])
  })

  test('nothing that serves can run code or commands', () => {
    const wrong = imports.filter(({ specifier }) => /^node:(child_process|vm|worker_threads|cluster)$/.test(specifier))
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
    expect(files.filter((file) => /\beval\(|new Function\(/.test(code(file)))).toEqual([])
  })

  test('evidence has no place for text: its strings are closed lists, labels and configured names', () => {
    const named = [
      'provider',
      'model',
      'protocol',
      'operation',
      'id',
      'workflow',
      'client',
      'tenant',
      'run',
      'step',
      'session',
      'errorCode',
      'platform',
      'dropped',
      'replayOf',
      'finishOf',
    ]
    const free = files
      .filter((file) => file.startsWith('evidence/'))
      .flatMap((file) =>
        [...code(file).matchAll(/readonly (\w+)\??: (?:readonly )?string\b/g)].map((match) => match[1] ?? ''),
      )
    expect(free.filter((field) => !named.includes(field))).toEqual([])
    expect(free.length).toBeGreaterThan(5)
  })
})

/** The file and everything it imports, however far. */
function reachedFrom(entry: string): readonly string[] {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    for (const { file: from, target } of imports) if (from === file && target !== undefined) visit(target)
  }
  visit(entry)
  return [...reached]
}

/** A file without its comments. */
function code(file: string): string {
  return readFileSync(join(SRC, file), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
}
