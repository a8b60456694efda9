import type { ClientPath } from '../../clients/client-path.ts'
import { FAULTS, type Script, scriptsFor, toModel, whole } from '../../clients/script.ts'
import { isServed, type ProtocolName, SERVED } from '../served.ts'
import { alone, backed, type FaultScenario, SCENARIOS } from './models.ts'

export type Delivery = 'live' | 'hold'

/** One question, whose answer goes wrong or does not. */
export interface Case {
  readonly path: ClientPath
  readonly script: Script
  /** `direct` asks the upstream itself; `alone` has one platform, `backed` a healthy second one. */
  readonly way: 'direct' | 'alone' | 'backed'
  /** Of the platform that fails; of a direct question the client's own. */
  readonly provider: ProtocolName
  readonly delivery: Delivery
  /** As the client says it. */
  readonly model: string
}

/** Everything that is asked of a client path. */
export function casesFor(path: ClientPath): readonly Case[] {
  return isServed(path.protocol) ? [...directCases(path), ...aloneCases(path), ...backedCases(path)] : directCases(path)
}

function directCases(path: ClientPath): readonly Case[] {
  const { protocol: provider } = path
  return scripts(path, provider).map((script): Case => {
    return { path, script, way: 'direct', provider, delivery: 'live', model: toModel(script) }
  })
}

/**
 * A platform of the client's own protocol, with every place of a fault, and of each other one, with the fault in the
 * midst: translations are the same wherever it was cut. An answer that is not streamed is always held.
 */
function aloneCases(path: ClientPath): readonly Case[] {
  const deliveries: readonly Delivery[] = path.streamed ? ['live', 'hold'] : ['live']
  return SERVED.flatMap((provider) =>
    scripts(path, provider)
      .filter(({ position }) => position === 'mid' || provider === path.protocol)
      .flatMap((script) =>
        deliveries.map((delivery): Case => {
          return { path, script, way: 'alone', provider, delivery, model: alone(script, provider) }
        }),
      ),
  )
}

/** Held, with a second platform of another protocol, each fault once: none of them may be seen. */
function backedCases(path: ClientPath): readonly Case[] {
  const second = SERVED.find((protocol) => protocol !== path.protocol) ?? path.protocol
  const provider = path.protocol
  return scripts(path, provider)
    .filter(({ position, fault }) => position === 'mid' && fault !== 'none')
    .map((script): Case => {
      return { path, script, way: 'backed', provider, delivery: 'hold', model: backed(script, provider, second) }
    })
}

function scripts({ streamed }: ClientPath, provider: ProtocolName): readonly Script[] {
  return SCENARIOS.flatMap((scenario: FaultScenario) => [
    whole(scenario),
    ...FAULTS.flatMap((fault) => scriptsFor(scenario, fault, { provider, streamed })),
  ])
}
