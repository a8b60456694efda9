import { type JsonObject, NO_FACTS, type Protocol } from '../../protocols/core/index.ts'
import type { Operation } from './operation.ts'
import { addressOf, headersFor, notThis, sameProtocolBody, toBytes, toJson } from './sending.ts'

/** What is to be counted, as the request for an answer that it would be. */
function asAnswerRequest({ tokenCounting }: Protocol, body: JsonObject): JsonObject {
  return tokenCounting?.fromCountRequest(body) ?? body
}

/**
 * How many input tokens a request would have, as the provider counts them. Not every protocol has a call for that; a
 * model whose platforms have none cannot be counted, since a guess would look like a count.
 */
export const tokenCounts: Operation = {
  name: 'count-tokens',
  // Another model counts in other tokens.
  mayFallBack: false,

  inspect(protocol, body, address) {
    const inspected = protocol.inspectRequest(asAnswerRequest(protocol, body), address)
    return inspected.ok ? { ok: true, value: { ...inspected.value, stream: false, reasoning: false } } : inspected
  },
  parse: (protocol, body, address) => protocol.parseRequest(asAnswerRequest(protocol, body), address),
  findState: (protocol, body, text) => protocol.findState(asAnswerRequest(protocol, body), text),

  toOutbound(inbound, platform, { apiKey, ownership }) {
    const { provider, model } = platform
    const { protocol } = provider
    const counting = protocol.tokenCounting
    if (counting === undefined) {
      const message = `counting tokens: a provider that speaks ${protocol.name} has no call for it`
      return { ok: false, problem: { field: 'model', message } }
    }
    const address = addressOf(inbound, platform)
    const headers = headersFor(inbound, platform, apiKey)
    const url = provider.baseUrl + counting.path(address)
    if (protocol === inbound.protocol)
      return {
        ok: true,
        url,
        headers,
        apiKey,
        sameProtocol: true,
        ...sameProtocolBody(inbound, platform, { ownership }),
      }
    const rendered = protocol.renderRequest(inbound.body.core(), { model, isOwn: ownership.isOwn })
    if (!rendered.ok) return rendered
    const { body, dropped } = rendered.value
    const request = JSON.stringify(counting.toCountRequest(body, address))
    return { ok: true, url, headers, apiKey, sameProtocol: false, body: request, dropped }
  },

  judge(bytes, { inbound, platform }) {
    const { protocol } = platform.provider
    const body = toJson(bytes)
    const count = protocol.tokenCounting?.readCount(body)
    if (count === undefined) return notThis(body)
    const rendered = protocol === inbound.protocol ? undefined : inbound.protocol.tokenCounting?.renderCount(count)
    return {
      verdict: { name: 'complete', proof: 'body', stop: undefined },
      facts: NO_FACTS,
      bytes: rendered === undefined ? bytes : toBytes(rendered),
      marks: [],
    }
  },
}
