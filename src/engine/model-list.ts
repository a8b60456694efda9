import type { Protocol } from '../protocols/core/index.ts'
import type { Clock } from '../resilience/index.ts'

/** The configured models, as the caller's SDK expects a list of them. */
export function listModels(names: readonly string[], protocol: Protocol, clock: Clock): Response {
  const now = clock.wallMs()
  if (protocol.name === 'anthropic') {
    const data = names.map((id) => ({ type: 'model', id, display_name: id, created_at: new Date(now).toISOString() }))
    return Response.json({ data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null })
  }
  const data = names.map((id) => ({ id, object: 'model', created: Math.floor(now / 1_000), owned_by: 'fullstop' }))
  return Response.json({ object: 'list', data })
}
