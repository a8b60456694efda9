import { simulatedModels } from './simulated-models.ts'
import type { SimulatedModel } from './simulated-models.ts'

const CREATED_AT = '2026-01-01T00:00:00Z'

/** `GET /v1/models` in the shape of the protocol. */
export function modelList(protocol: 'anthropic' | 'openai-chat'): unknown {
  const data = simulatedModels.map((model) => modelEntry(model, protocol))
  return protocol === 'anthropic'
    ? { data, has_more: false, first_id: simulatedModels[0]?.id ?? null, last_id: simulatedModels.at(-1)?.id ?? null }
    : { object: 'list', data }
}

/** `GET /v1/models/{id}` in the shape of the protocol. */
export function modelEntry(
  { id, displayName, family }: SimulatedModel,
  protocol: 'anthropic' | 'openai-chat',
): unknown {
  return protocol === 'anthropic'
    ? { type: 'model', id, display_name: displayName, created_at: CREATED_AT }
    : { id, object: 'model', created: Date.parse(CREATED_AT) / 1000, owned_by: `simulated-${family}` }
}
