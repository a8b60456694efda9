import { createServer } from 'node:http'

/**
 * A provider on loopback that does what the handler says, which gets the parsed body, the response and the request's
 * number. What it was sent is in `received`.
 */
export async function startUpstream(handler) {
  const received = []
  let abandoned = 0
  const server = createServer(async (request, response) => {
    response.on('close', () => (abandoned += response.writableFinished ? 0 : 1))
    let body = ''
    for await (const piece of request) body += piece
    received.push({ path: request.url, headers: request.headers, body: JSON.parse(body) })
    handler(received.at(-1).body, response, received.length)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    received,
    abandoned: () => abandoned,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

export const overloaded = (_, response) => json(response, 503, { error: { message: 'busy' } })

export const chat =
  (content, finish_reason = 'stop') =>
  (_, response) =>
    json(response, 200, {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'served',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    })

export const message =
  (text, stop_reason = 'end_turn') =>
  (_, response) =>
    json(response, 200, {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'served',
      content: [{ type: 'text', text }],
      stop_reason,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    })

const delta = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'served', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

/** A whole chat stream, an event each. */
export const chatEvents = [
  delta({ role: 'assistant', content: '' }),
  delta({ content: 'All is ' }),
  delta({ content: 'well.' }),
  delta({}, 'stop'),
  'data: [DONE]\n\n',
]

/** The events, and then the end of the response or silence. */
export const chatStream =
  (events, { isEnded = true } = {}) =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(events.join(''))
    if (isEnded) response.end()
  }
