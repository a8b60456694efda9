import {
  fromUtf8,
  parseJson,
  NO_FACTS,
  type Address,
  type Json,
  type OutputFormat,
} from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import type { Judged, Outbound, SendOptions } from './operation.ts'
import { spliceTopLevel } from './splice.ts'

const encoder = new TextEncoder()

/** `undefined` for what is not JSON, or not UTF-8 and so neither (RFC 8259 §8.1). */
export function toJson(bytes: Uint8Array): Json | undefined {
  const text = fromUtf8(bytes)
  return text === undefined ? undefined : parseJson(text)
}

export function toBytes(json: Json): Uint8Array {
  return encoder.encode(JSON.stringify(json))
}

/** A body that is not what was asked for. */
export function notThis(body: Json | undefined): Judged {
  return {
    verdict: { name: 'malformed', reason: body === undefined ? 'not-json' : 'not-this-protocol' },
    facts: NO_FACTS,
  }
}

/** What the platform's address has of the request. */
export function addressOf({ facts }: Inbound, { model }: Platform): Address {
  return { model, stream: facts.stream }
}

/** The headers of every request to this platform. */
export function headersFor(
  inbound: Inbound,
  { provider }: Platform,
  apiKey: string | undefined,
): Record<string, string> {
  const headers = provider.protocol.requestHeaders({ apiKey, clientHeaders: inbound.headers })
  // What comes back is bounded as it comes; a compressed answer would have to be undone first.
  headers['accept-encoding'] = 'identity'
  return headers
}

/**
 * The client's own bytes for a provider of its protocol, with the model's name exchanged. The body is written anew only
 * where another platform's marks stand in the history, where whose things it names was judged, and to ask for a format.
 */
export function sameProtocolBody(
  inbound: Inbound,
  { provider, model }: Platform,
  { ownership, format }: Pick<SendOptions, 'ownership'> & { readonly format?: OutputFormat | undefined },
): Pick<Extract<Outbound, { ok: true }>, 'body' | 'dropped'> {
  const { protocol } = provider
  const { text, json } = inbound.body
  const own = protocol.withoutForeign(json, text, ownership.isForeign)
  const field = protocol.modelField
  const dropped = own === json ? [] : (['thinking-history'] as const)
  const asked = format === undefined ? own : protocol.withFormat(own, format)
  if (asked !== json || inbound.sendsAsRead)
    return { body: JSON.stringify(field === undefined ? asked : { ...asked, [field]: model }), dropped }
  if (field === undefined || (inbound.facts.model === model && isNamedOnce(text, field))) return { body: text, dropped }
  return { body: spliceTopLevel(text, field, model), dropped }
}

/** Parsers differ on which of two counts. */
function isNamedOnce(text: string, field: string): boolean {
  const name = JSON.stringify(field)
  return text.indexOf(name) === text.lastIndexOf(name) && !text.includes('\\u')
}
