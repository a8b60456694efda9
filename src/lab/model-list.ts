import { embeddingModels } from './embedding-models.ts'
import type { ProtocolName } from './protocols/protocol-name.ts'
import { simulatedModels } from './simulated-models.ts'
import type { SimulatedModel } from './simulated-models.ts'

const CREATED_AT = '2026-01-01T00:00:00Z'

/** The list of models in the shape of the protocol. */
export function modelList(protocol: ProtocolName): unknown {
  const entries = simulatedModels.map((model) => entryOf(model, protocol))
  switch (protocol) {
    case 'anthropic':
      return {
        data: entries,
        has_more: false,
        first_id: simulatedModels[0]?.id ?? null,
        last_id: simulatedModels.at(-1)?.id ?? null,
      }
    case 'gemini':
      return { models: entries }
    case 'openai-chat':
    case 'openai-responses':
      return { object: 'list', data: [...entries, ...embeddingModels.map(({ id }) => openAiEntry(id, 'openai'))] }
  }
}

/** One model in the shape of the protocol; undefined for one that it does not list. */
export function modelEntry(id: string, protocol: ProtocolName): unknown {
  const model = simulatedModels.find((known) => known.id === id)
  if (model !== undefined) return entryOf(model, protocol)
  const embeds = protocol.startsWith('openai') && embeddingModels.some((known) => known.id === id)
  return embeds ? openAiEntry(id, 'openai') : undefined
}

function entryOf(model: SimulatedModel, protocol: ProtocolName): unknown {
  const { id, displayName, family, contextWindowTokens, maxOutputTokens, reasoning } = model
  switch (protocol) {
    case 'anthropic':
      return { type: 'model', id, display_name: displayName, created_at: CREATED_AT }
    case 'gemini':
      return {
        name: `models/${id}`,
        version: '001',
        displayName,
        description: 'A simulated model.',
        inputTokenLimit: contextWindowTokens,
        outputTokenLimit: maxOutputTokens,
        supportedGenerationMethods: ['generateContent', 'countTokens'],
        temperature: 1,
        topP: 0.95,
        topK: 64,
        maxTemperature: 2,
        ...(reasoning === 'always' ? { thinking: true } : {}),
      }
    case 'openai-chat':
    case 'openai-responses':
      return openAiEntry(id, family)
  }
}

function openAiEntry(id: string, owner: string): unknown {
  return { id, object: 'model', created: Date.parse(CREATED_AT) / 1000, owned_by: `simulated-${owner}` }
}
