import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from '../protocols/core/index.ts'

/** Which part of a schema a value breaks. By the schema's own path: one through the value can hold the model's words. */
export interface Violation {
  /** `#/properties/id/type` */
  readonly path: string
  /** The field that is not there, where that is what is wrong. */
  readonly missing: string | undefined
}

/** What breaks the schema, if anything. With bounds it throws `TooCostly`. */
export type Check = (value: unknown) => Violation | undefined

/** What is no JSON Schema, or one that cannot be followed. */
export class InvalidSchema extends TypeError {
  override readonly name = 'InvalidSchema'
  /** What is wrong, without whose it is. */
  readonly flaw: string
  /** To the part of the schema that is wrong, where that is known. */
  readonly path: readonly string[]

  constructor(flaw: string, path: readonly string[] = []) {
    super(`schema: ${flaw}`)
    this.flaw = flaw
    this.path = path
  }
}

/** Judging took more steps than it may. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly'
}

/**
 * `strict: false` and `validateFormats: false`: keywords and formats that nobody knows are remarks, as JSON Schema has
 * them. `ownProperties`: else every object has a `constructor`. One error is enough, and looking for all of them is what
 * a hostile answer could make expensive.
 */
const OPTIONS: Options = { strict: false, validateFormats: false, ownProperties: true, allErrors: false, logger: false }

/** For a compiler of one schema, which another has judged: the meta-schemas are what takes 25 of 27 ms. */
const ONCE: Options = { ...OPTIONS, meta: false, validateSchema: false }

/** Draft 06 is a part of 07. */
const OLDER = /\/draft-0[67]\/schema#?$/
const LATEST = /\/draft\/2020-12\/schema#?$/

/** JSON Schema as ajv has it: draft 2020-12, and 07 and 06 where `$schema` says so. */
export class SchemaCompiler {
  readonly #older: Dialect
  readonly #latest: Dialect

  /** Loaded with the first schema: most who take this package for its `fetch` have none. */
  static async load(): Promise<SchemaCompiler> {
    const [{ Ajv }, { Ajv2020 }] = await Promise.all([import('ajv'), import('ajv/dist/2020.js')])
    return new SchemaCompiler(Ajv, Ajv2020)
  }

  private constructor(ajv: typeof Ajv, ajv2020: typeof Ajv2020) {
    this.#older = { create: (options) => new ajv(options), judge: new ajv(OPTIONS) }
    this.#latest = { create: (options) => new ajv2020(options), judge: new ajv2020(OPTIONS) }
  }

  /** Throws an `InvalidSchema` that says what is wrong with it. */
  compile(schema: JsonObject): Check {
    const { dialect, rest } = this.#judged(schema)
    return toCheck(compiled(() => dialect.create(ONCE).compile(rest)))
  }

  /**
   * For a schema of somebody who may mean harm: what a text holds (`pattern`, `minLength`, `maxLength`, and the names under
   * `patternProperties`) is not looked at, since a pattern can take exponential time, and each check has so many steps.
   */
  compileBounded(schema: JsonObject): Check {
    const { dialect, rest } = this.#judged(schema)
    const budget = { left: 0, spent: new TooCostly('too many steps') }
    let length = 0
    const process = (code: string): string => {
      length += code.length
      return code.replaceAll(STEPS, (step) => `${step}if(--self.budget.left<0)throw self.budget.spent;`)
    }
    // Optimising takes nearly as long as the rest, and such a schema is often used once.
    const code = { process, regExp: matchesAll, optimize: false }
    const ajv = Object.assign(dialect.create({ ...ONCE, code }), { budget })
    for (const keyword of TEXT_KEYWORDS) ajv.removeKeyword(keyword)
    const check = toCheck(compiled(() => ajv.compile(rest)))
    return (value) => {
      budget.left = LONGEST_CHECK / length
      return check(value)
    }
  }

  #judged({ $schema, ...rest }: JsonObject): { readonly dialect: Dialect; readonly rest: JsonObject } {
    // Such a schema's verdict would be a promise, and every promise looks like a yes.
    if ('$async' in rest) throw new InvalidSchema('expected one without "$async"', ['$async'])
    const draft = typeof $schema === 'string' ? $schema : ''
    const isOlder = OLDER.test(draft)
    if ($schema !== undefined && !isOlder && !LATEST.test(draft))
      throw new InvalidSchema('expected draft 2020-12, 07 or 06, "$schema" names another one', ['$schema'])
    const dialect = isOlder ? this.#older : this.#latest
    const { judge } = dialect
    if (compiled(() => judge.validateSchema(rest)) === true) return { dialect, rest }
    // The first error is the one at the place itself; the others say that no choice of the meta-schema's fits either.
    const [error] = judge.errors ?? []
    throw new InvalidSchema(`not a JSON Schema: ${said(error)}`, stepsOf(error?.instancePath))
  }
}

interface Dialect {
  readonly create: (options: Options) => Ajv | Ajv2020
  /** Of schemas, by their meta-schema; it keeps none. */
  readonly judge: Ajv | Ajv2020
}

const TEXT_KEYWORDS = ['pattern', 'patternProperties', 'minLength', 'maxLength']

/** With it no property is an additional one beside `patternProperties`, whose names are not looked at. */
const matchesAll = Object.assign(() => ({ test: () => true }), { code: '' })

/** Characters of generated code that a check may run through, at most: about a tenth of a second. */
const LONGEST_CHECK = 2_000_000_000

/** Where ajv's generated code begins a function, and a turn of a loop. */
const STEPS = /let vErrors = null;|\bfor\([^{}"']*\)\{/g

function compiled<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new InvalidSchema(error instanceof Error ? error.message : String(error))
  }
}

function said({ instancePath, message, params }: Partial<ErrorObject> = {}): string {
  const allowed: unknown = params?.['allowedValues']
  return `#${instancePath ?? ''} ${message ?? 'is none'}${Array.isArray(allowed) ? `: ${allowed.join(', ')}` : ''}`
}

/** Of a JSON pointer (RFC 6901). */
function stepsOf(pointer = ''): readonly string[] {
  const steps = pointer.split('/').slice(1)
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function toCheck(validate: ValidateFunction): Check {
  return (value) => (validate(value) ? undefined : toViolation(validate.errors?.[0]))
}

/** Of `params`, which can hold what the model made up, only the name of a missing field is the schema's own. */
function toViolation(error: ErrorObject | undefined): Violation {
  const missing: unknown = error?.keyword === 'required' ? error.params['missingProperty'] : undefined
  return { path: error?.schemaPath ?? '#', missing: typeof missing === 'string' ? missing : undefined }
}
