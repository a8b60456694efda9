import type { RecordedAnswer, RecordedCall } from '../recorded-answer.ts'
import type { Loose } from '../recorded-events.ts'

export function readStream(events: readonly Loose[]): RecordedAnswer {
  const calls: RecordedCall[] = []
  let [text, thinking] = ['', '']
  let stop: string | null = null
  let usage: Loose = {}
  for (const event of events) {
    usage = { ...usage, ...event.usageMetadata }
    const [candidate] = event.candidates ?? []
    stop = candidate?.finishReason ?? stop
    for (const part of candidate?.content?.parts ?? []) {
      if (part.thought === true) thinking += part.text ?? ''
      else text += part.text ?? ''
      const { functionCall: call } = part
      if (call !== undefined) calls.push({ id: call.id ?? '', name: call.name, arguments: call.args ?? {} })
    }
  }
  const { responseId, modelVersion } = events.findLast(({ responseId }) => typeof responseId === 'string')
  return {
    id: responseId,
    model: modelVersion,
    text,
    thinking,
    refusal: '',
    calls,
    stop,
    usage: {
      // What Google's own tools read is counted beside the prompt, and thoughts beside the candidates.
      input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
      output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
      cacheRead: usage.cachedContentTokenCount ?? 0,
      cacheWrite: 0,
      reasoning: usage.thoughtsTokenCount ?? 0,
    },
  }
}

/** A stream of Gemini's is whole bodies, each with what is new. */
export function readBody(body: Loose): RecordedAnswer {
  return readStream([body])
}
