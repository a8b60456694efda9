import { findFault, parseModelName } from './fault-selection.ts'
import type { ChosenFault } from './fault-selection.ts'
import type { ProtocolName } from './protocols/protocol-name.ts'
import type { ProviderProtocol } from './protocols/provider-protocol.ts'

/** The model that a request names, with the faults of its suffix. Throws a `ProviderRejection` for an unknown one. */
export function selectModel<Model extends { readonly id: string }>(
  name: unknown,
  models: readonly Model[],
  protocol: ProviderProtocol,
): { readonly model: Model; readonly chosen: readonly ChosenFault[] } {
  if (typeof name !== 'string' || name === '') throw protocol.missingModel()
  const selection = parseModelName(name)
  if (!selection.ok) throw protocol.unknownModel(name, selection.problem)
  const foreign = selection.chosen.find((fault) => !isFor(protocol.name, fault))
  if (foreign !== undefined) {
    throw protocol.unknownModel(name, `Fault "${foreign.name}" means nothing in ${protocol.name}.`)
  }
  const model = models.find(({ id }) => id === selection.modelId)
  if (model === undefined) throw protocol.unknownModel(name)
  return { model, chosen: selection.chosen }
}

function isFor(protocol: ProtocolName, { name }: ChosenFault): boolean {
  return findFault(name)?.protocols?.includes(protocol) ?? true
}
