import { describe, expect, test } from 'bun:test'
import { CHAT_REQUEST, MESSAGES_REQUEST } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { CHAT_ANSWER, json } from '../support/upstream.ts'

const bench = useBench()

const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)

/** An answer whose one tool call has arguments as deep as this. */
const deepCall = (depth: number): string =>
  `{"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"tool_use","id":"t","name":"f","input":${nested(depth)}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`

describe('what is nested thousands of levels deep', () => {
  test.each([5_000, 50_000, 400_000, 600_000])(
    'as an answer of %d levels costs no other platform its turn',
    async (depth) => {
      const deep = await bench.upstream((_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(deepCall(depth)),
      )
      const good = await bench.upstream((_, response) => json(response, 200, CHAT_ANSWER))
      const gateway = bench.gateway(
        `providers:\n  a: { protocol: anthropic, baseUrl: "${deep.url}", apiKey: k }\n  b: { protocol: openai-chat, baseUrl: "${good.url}/v1", apiKey: k }\nmodels:\n  m: { platforms: [a/x, b/x] }\n`,
      )
      const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST)
      expect(response.status).toBe(200)
      const { choices } = (await response.json()) as typeof CHAT_ANSWER & {
        choices: { message: { tool_calls?: object } }[]
      }
      const isFromDeep = choices[0]?.message.tool_calls !== undefined
      expect(gateway.evidence[0]?.platform).toBe(isFromDeep ? 'a/x' : 'b/x')
    },
  )

  test.each(['/v1/messages', '/v1/chat/completions', '/v1/responses', '/v1beta/models/m:generateContent'])(
    'as a request to %s is passed on or refused by name',
    async (path) => {
      const good = await bench.upstream((_, response) => json(response, 200, CHAT_ANSWER))
      const gateway = bench.gateway(
        `providers:\n  b: { protocol: openai-chat, baseUrl: "${good.url}/v1", apiKey: k }\nmodels:\n  m: { platforms: [b/x] }\n`,
      )
      for (const field of ['messages', 'input', 'contents', 'tools', 'x'])
        for (const depth of [5_000, 50_000, 150_000, 500_000]) {
          const body = JSON.stringify({ ...MESSAGES_REQUEST, model: 'm', input: 'x', contents: [] })
          const text = `${body.slice(0, -1)},"${field}":[{"role":"user","content":[${nested(depth)}],"parts":[${nested(depth)}],"type":"function","parameters":${nested(depth)}}]}`
          const response = await fetch(`${gateway.url}${path}`, {
            method: 'POST',
            body: text,
            headers: { 'content-type': 'application/json' },
          })
          // Three times as deep as all that may be in one body.
          const expected = depth === 500_000 ? /: 413$/ : /: (200|400)$/
          expect(`${field} ${depth}: ${response.status}`).toMatch(expected)
          await response.text()
        }
    },
  )
})
