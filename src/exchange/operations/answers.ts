import { isFinished } from '../../evidence/index.ts'
import type { ReadResponse } from '../../protocols/core/index.ts'
import { completed } from '../delivery/given-answer.ts'
import type { Judged, JudgeOptions, Operation } from './operation.ts'
import { addressOf, headersFor, sameProtocolBody, toBytes, toJson } from './sending.ts'

/** An answer of a model, whole or streamed. */
export const answers: Operation = {
  name: 'answer',
  mayFallBack: true,
  inspect: (protocol, body, address) => protocol.inspectRequest(body, address),
  parse: (protocol, body, address) => protocol.parseRequest(body, address),
  findState: (protocol, body, text) => protocol.findState(body, text),

  toOutbound(inbound, platform, { apiKey, ownership, withoutFormat }) {
    const { provider, model } = platform
    const { protocol } = provider
    const headers = headersFor(inbound, platform, apiKey)
    const url = provider.baseUrl + protocol.path(addressOf(inbound, platform))
    if (protocol === inbound.protocol) {
      const format = withoutFormat === true ? undefined : inbound.format
      const { body, dropped } = sameProtocolBody(inbound, platform, { ownership, format })
      return { ok: true, url, headers, apiKey, sameProtocol: true, body, dropped }
    }
    const { format = inbound.format, ...rest } = inbound.body.core()
    const options = { model, isOwn: ownership.isOwn }
    const asked = format === undefined || withoutFormat === true ? rest : { ...rest, format }
    const first = protocol.renderRequest(asked, options)
    // What the caller did not ask for is not what the request fails for.
    const rendered = first.ok || inbound.format === undefined ? first : protocol.renderRequest(rest, options)
    if (!rendered.ok) return rendered
    const { body, dropped } = rendered.value
    return { ok: true, url, headers, apiKey, sameProtocol: false, body: JSON.stringify(body), dropped }
  },

  judge(bytes, options) {
    const { inbound, platform } = options
    const { protocol, completion } = platform.provider
    const body = toJson(bytes)
    const answer = protocol.readResponse(body, { completion, choices: inbound.facts.choices })
    const { verdict, facts } = answer
    if (!isFinished(verdict))
      return { verdict, facts, ...(verdict.reason === 'in-band-error' && { inBandError: body }) }
    const { acceptance } = inbound
    // Made only where it is read.
    const isRead = acceptance?.reads === 'all' || (acceptance?.reads === 'calls' && facts.toolCalls > 0)
    const judgement = acceptance?.judge(isRead ? answer.response : undefined, verdict, false)
    if (judgement?.rejected !== undefined) return { verdict: judgement.rejected, facts }
    const rendered = render(bytes, answer, options)
    if (rendered === undefined) return { verdict: { name: 'malformed', reason: 'not-this-protocol' }, facts }
    const { marks = [] } = answer
    const unchecked = judgement?.unchecked
    return { verdict, facts, bytes: rendered, marks, unchecked, read: answer } satisfies Judged
  },
}

/** The answer in the client's protocol: as it came, or translated. */
function render(
  bytes: Uint8Array,
  answer: ReadResponse,
  { inbound, platform, nowSeconds }: JudgeOptions,
): Uint8Array | undefined {
  if (platform.provider.protocol === inbound.protocol)
    return answer.amended === undefined ? bytes : toBytes(answer.amended)
  // Made when it is asked for.
  const { response } = answer
  if (response === undefined) return undefined
  return toBytes(inbound.protocol.renderResponse(completed(response, inbound, platform, nowSeconds)))
}
