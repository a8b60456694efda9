import { FullstopError } from '../../errors.ts'
import {
  type Address,
  type Checked,
  type CoreRequest,
  hasTooManyContainers,
  isJsonObject,
  type JsonObject,
  MOST_CONTAINERS,
  parseJson,
  type Protocol,
} from '../../protocols/core/index.ts'
import type { Clock } from '../../resilience/index.ts'
import type { Operation } from '../operations/operation.ts'
import type { IncomingRequest } from '../ports.ts'
import { readBounded } from './bounded-body.ts'

/** The body as it came. What was made of it is let go of while an answer is waited for, and made again where it is needed. */
export class InboundBody {
  readonly text: string
  readonly #parse: (json: JsonObject) => Checked<CoreRequest>
  #json: JsonObject | undefined
  #core: CoreRequest | undefined

  /** `json`: the text, parsed. */
  constructor(text: string, json: JsonObject, parse: (json: JsonObject) => Checked<CoreRequest>) {
    this.text = text
    this.#json = json
    this.#parse = parse
  }

  get json(): JsonObject {
    this.#json ??= parsedAgain(this.text)
    return this.#json
  }

  /** It was sent: requests may be large, and answers take long. */
  release(): void {
    this.#json = undefined
    this.#core = undefined
  }

  /** Throws `invalid-request` where the request is not one of its protocol. */
  core(): CoreRequest {
    if (this.#core !== undefined) return this.#core
    const parsed = this.#parse(this.json)
    if (!parsed.ok) throw new FullstopError('invalid-request', `${parsed.problem.field}: ${parsed.problem.message}`)
    this.#core = parsed.value
    return parsed.value
  }
}

function parsedAgain(text: string): JsonObject {
  const json = parseJson(text)
  if (!isJsonObject(json)) throw new Error('a body that was an object is none any more')
  return json
}

export interface ReadBodyOptions {
  readonly protocol: Protocol
  readonly operation: Operation
  readonly address: Address | undefined
  readonly bodyLimitBytes: number
}

/** A request has this long to arrive whole, ms. */
const REQUEST_BODY_MS = 120_000

/** Reads and parses the body once. Throws `invalid-json` where it is no object, `body-too-large` where it has too many of them, and what `readBounded` throws. */
export async function readBody(
  request: IncomingRequest,
  { bodyLimitBytes, operation, protocol, address }: ReadBodyOptions,
  clock: Clock,
): Promise<InboundBody> {
  const text = await readBounded(request, { limitBytes: bodyLimitBytes, limitMs: REQUEST_BODY_MS }, clock)
  const json = parseJson(text)
  if (isJsonObject(json))
    return new InboundBody(text, json, (own) => bounded(() => operation.parse(protocol, own, address)))
  if (text === '') throw new FullstopError('invalid-json', 'Expected a JSON object as the body; it is empty.')
  if (hasTooManyContainers(text))
    throw new FullstopError(
      'body-too-large',
      `Expected at most ${MOST_CONTAINERS} objects and lists in the body; more came.`,
    )
  const came =
    json === undefined
      ? 'something that is not JSON'
      : Array.isArray(json)
        ? 'an array'
        : `a ${json === null ? 'null' : typeof json}`
  throw new FullstopError(
    'invalid-json',
    `Expected a JSON object as the body; ${came} of ${text.length} characters came.`,
  )
}

/** Bodies are gone through by recursion, and nobody needs thousands of levels. */
export function bounded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw new FullstopError('invalid-request', 'The body is nested too deeply.')
    throw error
  }
}
