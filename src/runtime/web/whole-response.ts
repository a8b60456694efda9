/**
 * A response whose body is here already. Node makes a stream of every body that a `Response` is given, at 20 µs of CPU, and
 * reads it back through that stream, where most callers only want its text; here the stream is made when somebody asks for
 * it. For all that a caller sees it is any other `Response`; only the runtime itself, handed it as an answer to serve, would
 * look past it, which Node's own servers don't.
 */
class LazyBodyResponse extends Response {
  readonly #bytes: Uint8Array<ArrayBuffer>
  /** The same as the runtime has it, once somebody wanted more than the bytes. */
  #standard: Response | undefined
  #isUsed = false

  constructor(bytes: Uint8Array<ArrayBuffer>, init: ResponseInit) {
    super(null, init)
    this.#bytes = bytes
  }

  get #asStandard(): Response {
    if (this.#standard !== undefined) return this.#standard
    const standard = new Response(this.#bytes, { headers: this.headers, status: this.status })
    // A body that was read is still there, and locked for good.
    if (this.#isUsed) standard.body?.getReader()
    this.#standard = standard
    return standard
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#asStandard.body
  }

  override get bodyUsed(): boolean {
    return this.#isUsed || this.#standard?.bodyUsed === true
  }

  /** The bytes, once. */
  #take(): Uint8Array<ArrayBuffer> {
    if (this.bodyUsed || this.#standard?.body?.locked === true)
      throw new TypeError('Body is unusable: Body has already been read')
    this.#isUsed = true
    return this.#bytes
  }

  override async text(): Promise<string> {
    return decoder.decode(this.#take())
  }

  override async json(): Promise<unknown> {
    return JSON.parse(decoder.decode(this.#take()))
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#take().slice()
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#take().slice().buffer
  }

  override async blob(): Promise<Blob> {
    return new Blob([this.#take()], { type: this.headers.get('content-type') ?? '' })
  }

  override async formData(): Promise<FormData> {
    return this.#asStandard.formData()
  }

  override clone(): Response {
    if (this.bodyUsed) throw new TypeError('Response.clone: Body has already been consumed.')
    return this.#standard === undefined
      ? new LazyBodyResponse(this.#bytes, { headers: this.headers, status: this.status })
      : this.#standard.clone()
  }
}

const decoder = new TextDecoder()

// By its constructor alone: libraries of types differ in how they declare what the class overrides.
export const WholeResponse: new (bytes: Uint8Array<ArrayBuffer>, init: ResponseInit) => Response = LazyBodyResponse

/** Bun's and Deno's servers look at what stands behind a `Response`, and their bodies cost little. */
const hasStreamedBodies = typeof process === 'object' && process.versions.bun === undefined && !('Deno' in globalThis)

/** A response with these bytes, in the way that costs the runtime least. */
export function toWholeResponse(bytes: Uint8Array<ArrayBuffer>, init: ResponseInit): Response {
  return hasStreamedBodies ? new WholeResponse(bytes, init) : new Response(bytes, init)
}
