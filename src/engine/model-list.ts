import type { Json, JsonObject, Protocol } from '../protocols/core/index.ts'

export interface ModelListOptions {
  readonly names: readonly string[]
  /** Whether something would be asked under this name, listed or not. */
  readonly isKnown: (name: string) => boolean
  /** The caller's. */
  readonly protocol: Protocol
  /** One model instead of all. */
  readonly id: string | undefined
  /** Wall clock, ms: no model here has a date of its own. */
  readonly nowMs: number
}

/** The configured models, or one of them, as the caller's SDK expects it; `undefined` where there is no such model. */
export function listModels({ names, isKnown, protocol, id, nowMs }: ModelListOptions): JsonObject | undefined {
  const render = renderer(protocol, nowMs)
  if (id !== undefined) return isKnown(id) ? render(id) : undefined
  const data = names.map(render)
  switch (protocol.name) {
    case 'anthropic':
      return { data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null }
    case 'gemini':
      return { models: data }
    default:
      return { object: 'list', data }
  }
}

function renderer({ name: protocol }: Protocol, nowMs: number): (name: string) => JsonObject {
  switch (protocol) {
    case 'anthropic':
      return (id) => ({ type: 'model', id, display_name: id, created_at: new Date(nowMs).toISOString() })
    case 'gemini':
      return (id) => ({ name: `models/${id}`, displayName: id, supportedGenerationMethods: GEMINI_METHODS })
    default:
      return (id) => ({ id, object: 'model', created: Math.floor(nowMs / 1_000), owned_by: 'fullstop' })
  }
}

const GEMINI_METHODS: readonly Json[] = ['generateContent', 'streamGenerateContent', 'countTokens']
