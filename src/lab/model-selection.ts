import { parseModelName } from './fault-selection.ts'
import type { ChosenFault } from './fault-selection.ts'
import type { JsonRecord } from './json-checks.ts'
import { ProviderRejection } from './provider-protocol.ts'
import type { ProviderProtocol } from './provider-protocol.ts'
import { simulatedModels } from './simulated-models.ts'
import type { SimulatedModel } from './simulated-models.ts'

/** The model that a request names, with the faults of its suffix. Throws a `ProviderRejection` for an unknown one. */
export function selectModel(
  body: JsonRecord,
  protocol: ProviderProtocol,
): { readonly model: SimulatedModel; readonly chosen: readonly ChosenFault[] } {
  const name = body['model']
  if (typeof name !== 'string' || name === '') {
    throw new ProviderRejection(
      400,
      protocol.name === 'anthropic' ? 'model: Field required' : 'you must provide a model parameter',
    )
  }
  const selection = parseModelName(name)
  if (!selection.ok) throw protocol.unknownModel(name, selection.problem)
  const model = simulatedModels.find(({ id }) => id === selection.modelId)
  if (model === undefined) throw protocol.unknownModel(name)
  return { model, chosen: selection.chosen }
}
