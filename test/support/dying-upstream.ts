import type { ServerResponse } from 'node:http'
import { json, type UpstreamHandler } from './upstream.ts'

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** How an upstream answers: to its end, with what it began and then a reset or nothing, or not at all. */
export type Fate = 'ends' | 'dies' | 'falls-silent' | 'refuses'

export interface DyingOptions {
  /** Of its streams, by their number from 1. */
  readonly streams: (ordinal: number) => Fate
  /** Of its whole answers. */
  readonly whole?: (ordinal: number) => Fate
  readonly tool?: boolean
  /** Before anything of an answer comes. */
  readonly before?: (ordinal: number) => Promise<unknown> | undefined
}

/** What its `ordinal`-th answer says. */
export const saying = (ordinal: number): string =>
  `This is the first sentence. This is answer ${ordinal}, and all of it.`

/** A Chat provider each of whose answers is told from the others. */
export function dying({ streams, whole = () => 'ends', tool = false, before }: DyingOptions): UpstreamHandler {
  return async (request, response, ordinal) => {
    const { stream = false } = JSON.parse(request.body) as { stream?: boolean }
    await before?.(ordinal)
    const fate = (stream ? streams : whole)(ordinal)
    if (fate === 'refuses') return json(response, 503, { error: { message: 'down' } })
    if (stream) return streamed(response, ordinal, fate, tool)
    const content = saying(ordinal)
    const call = { id: `call_${ordinal}`, type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } }
    const message = { role: 'assistant', content, ...(tool && { tool_calls: [call] }) }
    const choices = [{ index: 0, message, finish_reason: tool ? 'tool_calls' : 'stop' }]
    const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
    const body = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }
    if (fate === 'ends') return json(response, 200, body)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(JSON.stringify(body).slice(0, 40))
    response.destroy()
  }
}

async function streamed(response: ServerResponse, ordinal: number, fate: Fate, tool: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk({ role: 'assistant', content: '' }))
  for (const word of saying(ordinal).split(/(?<= )/)) response.write(chunk({ content: word }))
  const call = { index: 0, id: `call_${ordinal}`, type: 'function' }
  if (fate === 'falls-silent') return
  // Text behind which a call has begun is held: this one is with the client before it.
  if (tool) await new Promise((resolve) => setTimeout(resolve, 50))
  if (tool) response.write(chunk({ tool_calls: [{ ...call, function: { name: 'look', arguments: '{"at":' } }] }))
  // What was written is with the client before the reset, on a busy machine too.
  if (fate === 'dies') {
    setTimeout(() => response.destroy(), 100)
    return
  }
  if (tool) response.write(chunk({ tool_calls: [{ index: 0, function: { arguments: '"it"}' } }] }))
  response.end(`${chunk({}, tool ? 'tool_calls' : 'stop')}data: [DONE]\n\n`)
}
