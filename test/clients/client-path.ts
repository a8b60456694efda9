import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { Content, Scenario } from './answers.ts'

/** One question, to the gateway or straight to the upstream. */
export interface Ask {
  /** Origin, without the protocol's path. */
  readonly url: string
  readonly model: string
  readonly scenario: Scenario
  readonly headers?: Readonly<Record<string, string>>
  /** How long the user waits for the whole answer, ms. Default 6000. */
  readonly patienceMs?: number
}

/** What the user holds in the end. */
export interface Reading extends Content {
  /**
   * What the user concludes: an exception is an error, everything else a success; unless the library, without an
   * exception, reports in a place of its own that the answer failed.
   */
  readonly outcome: 'success' | 'error' | 'flagged'
  /** Why the model stopped, in the client protocol's word, as far as the client was told. */
  readonly stop: string | undefined
  /** The user's patience ended first; such an answer is an error. */
  readonly timedOut: boolean
  /** The exception's words, or the library's flag; empty for a success. */
  readonly error: string
  /** Of the response, where one came. */
  readonly headers: Headers
}

/** A way in which applications ask with an official SDK. */
export interface ClientPath {
  readonly name: string
  readonly protocol: ProtocolName
  readonly streamed: boolean
  readonly ask: (ask: Ask) => Promise<Reading>
}

/** What a path has collected; it is filled while the answer comes, so that an error leaves what was there before it. */
export interface Draft {
  text: string
  toolCalls: { name: string; input: unknown }[]
  stop: string | undefined
  /** The library's own sign that this is no complete answer, where it gives one instead of an exception. */
  flag?: string
}

export interface Session {
  readonly signal: AbortSignal
  /** For the SDK: notes the response's headers. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  readonly draft: Draft
}

const PATIENCE_MS = 6_000
/** After which a library that was told to stop is left alone, ms. */
const DEAF_MS = 500

/** Runs what a user of the SDK writes: if it comes to its end the user has an answer, if it throws an error. */
export async function conclude(
  { patienceMs = PATIENCE_MS }: Ask,
  use: (session: Session) => Promise<void>,
): Promise<Reading> {
  const draft: Draft = { text: '', toolCalls: [], stop: undefined }
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), patienceMs)
  // Not every library listens to its signal all the way.
  const deaf = new Promise<void>((resolve) => {
    patience.signal.addEventListener('abort', () => setTimeout(resolve, DEAF_MS))
  })
  let headers = new Headers()
  const fetchNoting: Session['fetch'] = async (input, init) => {
    const response = await fetch(input, init)
    headers = response.headers
    return response
  }
  try {
    await Promise.race([use({ signal: patience.signal, fetch: fetchNoting, draft }), deaf])
    // The SDKs' raw iterators end without a word when the caller aborts, and this caller knows that it did.
    const timedOut = patience.signal.aborted
    const { flag, ...read } = draft
    if (timedOut) return { ...read, outcome: 'error', timedOut, error: 'timed out', headers }
    return { ...read, outcome: flag === undefined ? 'success' : 'flagged', timedOut, error: flag ?? '', headers }
  } catch (error) {
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const { flag: _, ...read } = draft
    return { ...read, outcome: 'error', timedOut: patience.signal.aborted, error: words, headers }
  } finally {
    clearTimeout(timer)
  }
}

/** Arguments as applications read them: no text means no arguments; throws where they are no JSON. */
export function readArguments(text: string): unknown {
  return JSON.parse(text === '' ? '{}' : text) as unknown
}
