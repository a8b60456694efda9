import type { Engine } from '../engine/index.ts'
import type { Conditions } from '../exchange/index.ts'
import type { JsonObject, Protocol } from '../protocols/core/index.ts'
import { openAiChat } from '../protocols/openai-chat/index.ts'
import { type AnswerShape, expectedFields, SchemaShapes } from '../schema/index.ts'
import { orAborted } from './abortable.ts'
import { ObjectJudge, TextJudge } from './answer-judges.ts'
import { GenerateError, readGenerateError } from './generate-error.ts'
import type { ExpectOptions, Generate, Prompt, SchemaOptions, TextOptions } from './generate-options.ts'
import { GENERATE_URL } from './route-url.ts'

type AnyOptions = ExpectOptions<string> | SchemaOptions | TextOptions

/**
 * What `generate` speaks: OpenAI Chat, but never the same protocol as a provider's, so that every platform gets a
 * translation. Hosts of one protocol differ in how they want to be told a limit, and one text could tell it in one way only.
 */
const GENERATE_PROTOCOL: Protocol = { ...openAiChat }

export function createGenerate(engine: Engine): Generate {
  const shapes = new SchemaShapes()
  const generate = async (prompt: Prompt, options: AnyOptions): Promise<unknown> => {
    if (typeof options !== 'object' || options === null)
      throw new TypeError('options: expected an object with `model` or `workflow`')
    options.signal?.throwIfAborted()
    const shape = await shapeOf(options, shapes)
    const call = new GenerateCall(prompt, options, engine)
    return shape === undefined ? call.text() : call.object(shape)
  }
  return generate as Generate
}

async function shapeOf({ expect, schema }: AnyOptions, shapes: SchemaShapes): Promise<AnswerShape | undefined> {
  if (expect !== undefined && schema !== undefined) throw new TypeError('expected `expect` or `schema`, got both')
  if (schema !== undefined) return shapes.shapeOf(schema as JsonObject)
  if (expect === undefined) return undefined
  if (expect.length === 0) throw new TypeError('expect: expected the name of at least one field')
  return expectedFields(expect)
}

/** One call of `generate`: one exchange. */
class GenerateCall {
  readonly #prompt: Prompt
  readonly #options: AnyOptions
  readonly #engine: Engine
  readonly #model: string

  constructor(prompt: Prompt, options: AnyOptions, engine: Engine) {
    this.#prompt = prompt
    this.#options = options
    this.#engine = engine
    this.#model = modelOf(options, engine)
  }

  async text(): Promise<string> {
    const judge = new TextJudge()
    const response = await this.#ask({ messages: this.#messages() }, { accept: judge.accept })
    if (!response.ok) throw await readGenerateError(response, [])
    if (judge.text !== undefined) return judge.text
    throw new GenerateError('The model refused.', {
      code: 'refused',
      status: 502,
      exchange: response.headers.get('x-fullstop-id') ?? '',
      attempts: [{ platform: decodeURI(response.headers.get('x-fullstop-platform') ?? ''), verdict: 'refused' }],
    })
  }

  async object(shape: AnswerShape): Promise<JsonObject> {
    const judge = new ObjectJudge(shape)
    const { accept } = judge
    const messages = this.#messages(shape.instruction)
    const format = { name: 'answer', schema: shape.schema, ...(shape.isStrict && { strict: true }) }
    // Models that know nothing of schemas refuse a request that has one, and the instruction alone will do for them.
    const response = await this.#ask(
      { messages, response_format: { type: 'json_schema', json_schema: format } },
      { isFormatOptional: true, accept },
    )
    if (response.ok) return judge.object()
    throw await readGenerateError(response, judge.takeViolations())
  }

  #messages(...instructions: readonly string[]): JsonObject['messages'] {
    const { system } = this.#options
    const head = [...(system === undefined ? [] : [system]), ...instructions].join('\n\n')
    const conversation = typeof this.#prompt === 'string' ? [{ role: 'user', content: this.#prompt }] : this.#prompt
    const messages = conversation.map(({ role, content }) => ({ role, content }))
    return head === '' ? messages : [{ role: 'system', content: head }, ...messages]
  }

  #ask(fields: JsonObject, conditions: Conditions): Promise<Response> {
    const { workflow, maxTokens, signal = new AbortController().signal } = this.#options
    const bodyText = JSON.stringify({
      model: this.#model,
      ...fields,
      ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    })
    const headers = new Headers(workflow === undefined ? {} : { 'x-fullstop-workflow': workflow })
    const arrayBuffer = (): Promise<ArrayBuffer> => new Response(bodyText).arrayBuffer()
    const request = { method: 'POST', url: GENERATE_URL, headers, signal, body: null, bodyText, arrayBuffer }
    const { attempts } = this.#options
    return orAborted(this.#engine.ask(request, GENERATE_PROTOCOL, { ...conditions, attempts }), signal)
  }
}

/** A workflow's model takes the request's place, but a request has to name one. */
function modelOf({ model, workflow }: AnyOptions, { config }: Engine): string {
  const known = model ?? (workflow === undefined ? undefined : config.workflows.get(workflow)?.model)
  if (known !== undefined) return known
  throw new TypeError('model: expected a model of the configuration, or a workflow that has one')
}
