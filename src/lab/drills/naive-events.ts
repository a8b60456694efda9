/** A server-sent event. */
export interface NaiveEvent {
  readonly event: string
  readonly data: string
}

/**
 * Reads server-sent events as the SDKs do: the end of the body is the end of the answer, and nobody asks whether it
 * should have been. `flushesLastEvent`: an event without its closing blank line is delivered (OpenAI's client) or
 * dropped (Anthropic's).
 */
export async function* readServerSentEvents(
  response: Response,
  { flushesLastEvent }: { readonly flushesLastEvent: boolean },
): AsyncGenerator<NaiveEvent> {
  if (response.body === null) return
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of response.body) {
    pending += decoder.decode(chunk, { stream: true })
    for (let end = pending.indexOf('\n\n'); end !== -1; end = pending.indexOf('\n\n')) {
      const event = parseEvent(pending.slice(0, end))
      pending = pending.slice(end + 2)
      if (event !== undefined) yield event
    }
  }
  const last = flushesLastEvent ? parseEvent(pending) : undefined
  if (last !== undefined) yield last
}

function parseEvent(block: string): NaiveEvent | undefined {
  let event = ''
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim()
    if (line.startsWith('data:')) data.push(line.slice(5).trim())
  }
  // Pings and comments carry nothing.
  return data.length === 0 || event === 'ping' ? undefined : { event, data: data.join('\n') }
}
