import { z } from 'zod'
import type { ProtocolName } from '../served.ts'

/** A tool of the application; the schema is `ASKED`, the result a text. */
export interface AppTool {
  readonly name: string
  readonly description: string
  readonly run: (input: AskedHarbour) => string
}

export interface Settings {
  /** Origin, without the protocol's path. */
  readonly url: string
  readonly model: string
  readonly streamed: boolean
  /** Let the model think first, where the client can say so. */
  readonly reasoning: boolean
  readonly tools: readonly AppTool[]
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Each piece of streamed text as it comes. */
  readonly onText?: (text: string) => void
}

/** An application's conversation with a model. It keeps the history as its library hands it out. */
export interface Conversation {
  /** Says this, runs what tools the model calls, and resolves to the model's final words. */
  readonly say: (words: string) => Promise<string>
}

/** A client library, as its documentation shows it in an application. */
export interface ChatClient {
  readonly name: string
  readonly protocol: ProtocolName
  readonly converse: (settings: Settings) => Conversation
  /** Resolves to an object that the library itself has checked against `TICKET`; absent where it has no such thing. */
  readonly extract?: (settings: Settings, words: string) => Promise<unknown>
}

/** The arguments of every tool. */
export const ASKED = z.object({ harbour: z.string() })
export type AskedHarbour = z.infer<typeof ASKED>
export const ASKED_SCHEMA = {
  type: 'object' as const,
  properties: { harbour: { type: 'string' } },
  required: ['harbour'],
  additionalProperties: false,
}

/** What `extract` asks for. */
export const TICKET = z.object({ subject: z.string(), urgent: z.boolean(), checksum: z.string() })
export const TICKET_SCHEMA = z.toJSONSchema(TICKET)

export const MAX_TOKENS = 4_000
export const THINKING_TOKENS = 1_024

/** Runs the named tool, as applications do: with arguments that have been looked at. */
export function runTool({ tools }: Settings, name: string, input: unknown): string {
  const tool = tools.find((each) => each.name === name)
  if (tool === undefined) throw new TypeError(`the model called ${name}, which nobody offered`)
  return tool.run(ASKED.parse(input))
}
