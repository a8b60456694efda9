import { anthropic } from '../../src/protocols/anthropic/index.ts'
import type { Protocol } from '../../src/protocols/core/index.ts'
import { gemini } from '../../src/protocols/gemini/index.ts'
import { openAiChat } from '../../src/protocols/openai-chat/index.ts'
import { openAiResponses } from '../../src/protocols/openai-responses/index.ts'

export const ADAPTERS: readonly Protocol[] = [anthropic, openAiChat, openAiResponses, gemini]

/** All sixteen ways from one protocol to the same or another. */
export const HOPS: readonly { readonly from: Protocol; readonly to: Protocol; readonly name: string }[] =
  ADAPTERS.flatMap((from) => ADAPTERS.map((to) => ({ from, to, name: `${from.name}, then ${to.name}` })))
