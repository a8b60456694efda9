import { FunctionCallingConfigMode, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { toolsOf } from '../../clients/answers.ts'
import { type Ask, type ClientPath, conclude, type Draft } from '../../clients/client-path.ts'

/** `for await` over the chunks: texts are joined, and the loop's end is the answer's end. */
const stream: ClientPath = {
  name: '@google/genai stream',
  protocol: 'gemini',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async ({ signal, draft }) => {
      const chunks = await clientFor(ask).models.generateContentStream(question(ask, signal))
      for await (const chunk of chunks) read(chunk, draft)
    }),
}

/** `generateContent()`: what it resolves to is the answer. */
const whole: ClientPath = {
  name: '@google/genai `generateContent()`',
  protocol: 'gemini',
  streamed: false,
  ask: (ask) =>
    conclude(ask, async ({ signal, draft }) => {
      const response = await clientFor(ask).models.generateContent(question(ask, signal))
      // What an application does that does not expect less: it reads the first candidate, and fails where there is none.
      if (response.candidates?.[0]?.content === undefined) throw new TypeError('the response has no content')
      read(response, draft)
    }),
}

export const GOOGLE_PATHS: readonly ClientPath[] = [stream, whole]

function read({ candidates }: GenerateContentResponse, draft: Draft): void {
  for (const { text, functionCall } of candidates?.[0]?.content?.parts ?? []) {
    draft.text += text ?? ''
    if (functionCall !== undefined) draft.toolCalls.push({ name: functionCall.name ?? '', input: functionCall.args })
  }
  draft.stop = candidates?.[0]?.finishReason ?? draft.stop
}

function clientFor({ url, headers }: Ask): GoogleGenAI {
  return new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url, headers: { ...headers } } })
}

function question(
  { model, scenario }: Ask,
  abortSignal: AbortSignal,
): Parameters<GoogleGenAI['models']['generateContent']>[0] {
  const functionDeclarations = toolsOf(scenario).map(({ name, schema }) => ({ name, parametersJsonSchema: schema }))
  const tools = {
    tools: [{ functionDeclarations }],
    toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
  }
  return {
    model,
    contents: 'When is high tide?',
    config: { maxOutputTokens: 100, abortSignal, ...(functionDeclarations.length > 0 && tools) },
  }
}
