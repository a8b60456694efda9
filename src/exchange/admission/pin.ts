import { FullstopError } from '../../errors.ts'
import type { Protocol, StateReference } from '../../protocols/core/index.ts'
import type { Origins } from '../memory/origins.ts'
import type { Caller, Platform, Route } from './routing.ts'

/** A request that hangs on what one provider stores: nobody else can answer it. */
export interface Pin {
  /** The request's field that says so. */
  readonly field: string
  readonly platform: Platform
}

export interface PinOptions {
  readonly references: readonly StateReference[]
  readonly protocol: Protocol
  readonly route: Route
  readonly caller: Caller
  /** More than one tenant may call. */
  readonly hasTenants: boolean
}

/**
 * Where a request must go, or `undefined` where it may go anywhere. What was made through this gateway goes to its
 * maker; what is not known here goes to the first platform that speaks the client's protocol. Throws where no platform
 * of the model can know it, and where it is another tenant's.
 */
export function findPin(options: PinOptions, origins: Origins): Pin | undefined {
  const { references, protocol, route } = options
  const [first] = references
  if (first === undefined) return undefined
  const speakers = route.stages.flat().filter(({ provider }) => provider.protocol === protocol)
  const providers = references.flatMap((reference) => makerOf(reference, options, origins) ?? [])
  const [maker] = providers
  if (providers.some((name) => name !== maker))
    throw new FullstopError(
      'invalid-request',
      `${references[1]?.field ?? first.field}: expected things of one provider, got things that different ones stored.`,
    )
  const platform = maker === undefined ? speakers[0] : speakers.find(({ provider }) => provider.name === maker)
  if (platform !== undefined) return { field: first.field, platform }
  const who =
    maker === undefined
      ? `no provider of this model speaks ${protocol.name}`
      : `it is stored at ${maker}, which does not serve this model here`
  throw new FullstopError('not-expressible', `${first.field}: hangs on what one provider stores, and ${who}.`)
}

/** The provider that made it, where that is known. */
function makerOf(
  { field, id, isShared }: StateReference,
  { caller, hasTenants }: PinOptions,
  origins: Origins,
): string | undefined {
  const origin = origins.of(id)
  if (origin === undefined && (isShared === true || !hasTenants)) return undefined
  // Whose it is must not show: to others it does not exist, and neither does what nobody here knows the owner of.
  if (origin === undefined || origin.tenant !== caller.tenant)
    throw new FullstopError('unknown-state', `${field}: nothing by this id is known here.`)
  return origin.provider
}
