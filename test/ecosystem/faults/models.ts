import { FAULTS, type Script, scriptsFor, toModel, whole } from '../../clients/script.ts'
import { baseUrlOf } from '../../clients/wires.ts'
import { type ProtocolName, SERVED } from '../served.ts'

export const SCENARIOS = ['text', 'tool'] as const
export type FaultScenario = (typeof SCENARIOS)[number]

/** Names without a slash or a colon, which would mean something in Gemini's addresses. */
export function alone(script: Script, provider: ProtocolName): string {
  return `${provider}__${toModel(script)}`
}

/** This script on the first platform, and a healthy second one that says something else. */
export function backed(script: Script, first: ProtocolName, second: ProtocolName): string {
  return `${first}__${second}__${toModel(script)}`
}

/** Fullstop before the scripted upstream, with strict proofs; short patience is only for those who would wait for ever. */
export function faultConfig(upstreamUrl: string): object {
  const provider = (protocol: ProtocolName, timeouts: object): object => {
    return { protocol, baseUrl: baseUrlOf(upstreamUrl, protocol), apiKey: 'k', completion: 'strict', timeouts }
  }
  // On a busy machine an answer may be slow; an end that nobody noticed must not outlast the client's patience.
  const patient = { firstEvent: '10s', idle: '10s', total: '20s' }
  const hasty = { firstEvent: '300ms', idle: '300ms', total: '600ms' }
  return {
    providers: Object.fromEntries(
      SERVED.flatMap((protocol) => [
        [protocol, provider(protocol, patient)],
        [`${protocol}-hasty`, provider(protocol, hasty)],
      ]),
    ),
    models: Object.fromEntries(SERVED.flatMap(modelsOf)),
    // The same requests are made again and again, and each is to meet its own fault.
    defaults: { delivery: 'live', attempts: 2, replay: 'off' },
  }
}

function modelsOf(first: ProtocolName): readonly (readonly [string, object])[] {
  const asked = { provider: first, streamed: true }
  const scripts = SCENARIOS.flatMap((scenario) => [
    whole(scenario),
    // What only a body can show is asked for too.
    ...FAULTS.flatMap((fault) => [...scriptsFor(scenario, fault, asked), ...bodyScripts(scenario, fault, first)]),
  ])
  const platform = (script: Script): string =>
    `${script.fault === 'stall' ? `${first}-hasty` : first}/${toModel(script)}`
  return scripts.flatMap((script) => [
    [alone(script, first), { platforms: [platform(script)] }] as const,
    ...SERVED.map((second) => {
      const healthy = `${second}/${toModel(whole(script.scenario, 'second'))}`
      return [backed(script, first, second), { platforms: [platform(script), healthy] }] as const
    }),
  ])
}

function bodyScripts(scenario: FaultScenario, fault: Script['fault'], provider: ProtocolName): readonly Script[] {
  return scriptsFor(scenario, fault, { provider, streamed: false })
}
