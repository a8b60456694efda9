import { faults } from './faults.ts'
import type { Fault, FaultEffects } from './faults.ts'
import type { Random } from './random.ts'

/** A fault with its value and how often it strikes. */
export interface ChosenFault {
  readonly name: string
  /** The fault's own default when undefined. */
  readonly value?: number | undefined
  /** From 0 to 1; default 1. */
  readonly probability?: number | undefined
}

export type ModelSelection =
  | { readonly ok: true; readonly modelId: string; readonly chosen: readonly ChosenFault[] }
  | { readonly ok: false; readonly problem: string }

const SUFFIX = /^([a-z0-9-]+)(?:=(\d+(?:\.\d+)?))?(?:@(\d+(?:\.\d+)?))?$/

/** Reads `MODEL+FAULT=VALUE@PROBABILITY+…`. */
export function parseModelName(name: string): ModelSelection {
  const [modelId = '', ...suffixes] = name.split('+')
  const chosen: ChosenFault[] = []
  for (const suffix of suffixes) {
    const match = SUFFIX.exec(suffix)
    if (match?.[1] === undefined || findFault(match[1]) === undefined) {
      return {
        ok: false,
        problem: `Expected a fault such as cut-eof=5@0.3 after "+", got "${suffix}". Known faults: ${Object.keys(faults).join(', ')}.`,
      }
    }
    const value = match[2] === undefined ? undefined : Number(match[2])
    const probability = match[3] === undefined ? undefined : Number(match[3])
    const problem = problemOf(match[1], value, probability)
    if (problem !== undefined) return { ok: false, problem }
    chosen.push({ name: match[1], value, probability })
  }
  return { ok: true, modelId, chosen }
}

/** The faults that strike this time. Every fault draws once, whether it can miss or not, so that seeds stay aligned. */
export function sampleFaults(chosen: readonly ChosenFault[], random: Random): ChosenFault[] {
  return chosen.filter(({ probability = 1 }) => random.next() < probability)
}

/** What the faults do together; of two that fill the same field the later one wins. */
export function effectsOf(struck: readonly ChosenFault[]): FaultEffects {
  return Object.assign(
    {},
    ...struck.map(({ name, value }) => {
      const fault = findFault(name)
      if (fault === undefined) throw new RangeError(`Expected a fault of the catalogue, got "${name}".`)
      return fault.effects(value ?? fault.value?.default ?? 0)
    }),
  ) as FaultEffects
}

/** A fault of the catalogue by its name. */
export function findFault(name: string): Fault | undefined {
  return Object.hasOwn(faults, name) ? faults[name] : undefined
}

function problemOf(name: string, value: number | undefined, probability: number | undefined): string | undefined {
  const allowed = findFault(name)?.value
  if (value !== undefined && allowed === undefined) return `Fault "${name}" takes no value, got ${value}.`
  if (value !== undefined && allowed !== undefined && (value < allowed.min || value > allowed.max)) {
    return `Fault "${name}" expects ${allowed.unit} from ${allowed.min} to ${allowed.max}, got ${value}.`
  }
  if (probability !== undefined && probability > 1)
    return `Fault "${name}" expects a probability up to 1, got ${probability}.`
  return undefined
}
