import type { FullstopConfig } from '../config/index.ts'
import { Engine } from '../engine/index.ts'
import type { EvidenceSink } from '../evidence/index.ts'
import {
  environment,
  newId,
  systemClock,
  toWholeResponse,
  type UpstreamFetch,
  webUpstream,
} from '../runtime/web/index.ts'
import { orAborted } from './abortable.ts'
import { loadConfiguration } from './configuration.ts'
import type { Generate } from './generate-options.ts'
import { createGenerate } from './generate.ts'
import { toIncomingRequest } from './incoming-request.ts'

export interface FullstopOptions {
  /**
   * A path to `fullstop.yaml`, read once, or the same as an object. Without it the provider keys of the environment
   * (`ANTHROPIC_API_KEY`, `OPENAI_API_KEY`, `GEMINI_API_KEY`) are the configuration.
   */
  readonly config?: string | FullstopConfig | undefined
  /** How providers are reached; by default the `fetch` that the runtime has now. */
  readonly fetch?: UpstreamFetch | undefined
  /** Gets the content-free record of every exchange once it is over. Must return at once. */
  readonly onExchange?: EvidenceSink | undefined
}

/** The gateway inside this process. */
export interface Fullstop {
  /**
   * For an SDK's `fetch` option, whatever base URL the SDK has: the URL's host is ignored, its path says what is asked
   * for, and the configuration says who is asked. The SDK's key goes nowhere.
   *
   * Resolves with errors of providers and of Fullstop as responses, in the protocol of the path. Rejects where a standard
   * `fetch` would for what it was called with, and with the signal's reason. The body of a streamed answer that breaks
   * off rejects after the protocol's error event.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  readonly generate: Generate
  /** What its user should know about the configuration, one sentence each. */
  readonly notices: readonly string[]
  /**
   * Takes no more requests, lets running ones end for at most `patienceMs` (30 s by default) and then ends them as failed.
   * Nothing has to be closed for the process to end.
   */
  readonly close: (patienceMs?: number) => Promise<void>
}

/**
 * Makes a configuration into a gateway in this process. Rejects with a `ConfigurationError` that lists every problem of
 * the configuration.
 */
export async function createFullstop(options: FullstopOptions = {}): Promise<Fullstop> {
  // Taken now: an application may put this gateway's own `fetch` in the runtime's place.
  const { fetch: upstreamFetch = globalThis.fetch, onExchange } = options
  const { config, notices } = await loadConfiguration(options.config, environment)
  const engine = new Engine(
    // There is no control plane to ask; `onExchange` has them all.
    { config, recentExchanges: 0 },
    {
      clock: systemClock,
      random: Math.random,
      newId,
      upstream: webUpstream(upstreamFetch),
      toWholeResponse,
      ...(onExchange !== undefined && { sink: onExchange }),
    },
  )
  return {
    // Asynchronous, so that what it throws comes as a rejection.
    fetch: async (input, init) => {
      const request = toIncomingRequest(input, init)
      return orAborted(engine.fetch(request), request.signal)
    },
    generate: createGenerate(engine),
    notices,
    close: (patienceMs) => engine.close(patienceMs),
  }
}
