import { anthropicProtocol } from './anthropic/protocol.ts'
import { chatProtocol } from './openai-chat/protocol.ts'
import { geminiArrayProtocol, geminiProtocol } from './gemini/protocol.ts'
import type { ProtocolName } from './protocol-name.ts'
import type { ProviderProtocol, StreamAddress } from './provider-protocol.ts'
import { responsesProtocol } from './openai-responses/protocol.ts'

/** The protocol of a name. Gemini has two framings, which show in its errors too. */
export function protocolFor(name: ProtocolName, address: StreamAddress | undefined): ProviderProtocol {
  switch (name) {
    case 'anthropic':
      return anthropicProtocol
    case 'openai-chat':
      return chatProtocol
    case 'openai-responses':
      return responsesProtocol
    case 'gemini':
      return address === 'array' ? geminiArrayProtocol : geminiProtocol
  }
}
