/** Simulated providers, a small language model, faults, scenarios and drills. */
export { startSimulatedProviders } from './simulated-providers.ts'
export type { SimulatedProviders, SimulatedProvidersDeps, SimulatedProvidersOptions } from './simulated-providers.ts'
export type { PlatformCounts } from './counts.ts'
export { simulatedModels } from './simulated-models.ts'
export type { SimulatedModel } from './simulated-models.ts'
export { embeddingModels } from './embedding-models.ts'
export type { EmbeddingModel } from './embedding-models.ts'
export type { ProtocolName } from './protocol-name.ts'
export { promptHooks } from './prompt-hooks.ts'
export { faults } from './faults.ts'
export type { Fault, FaultEffects, FaultValue } from './faults.ts'
export { effectsOf, parseModelName, sampleFaults } from './fault-selection.ts'
export type { ChosenFault, ModelSelection } from './fault-selection.ts'
export { calm, defaultPlatforms, failingShareOf, findScenario, outage20260621, scenarios } from './scenarios.ts'
export type { FaultShare, OutageOptions, Scenario } from './scenarios.ts'
export { LanguageModel } from './language-model.ts'
export type { LanguageModelOptions, NextToken } from './language-model.ts'
export { countTokens, tokenize } from './tokenizer.ts'
export { createRandom, hashText } from './random.ts'
export type { Random } from './random.ts'
export { checksumEnding, checksumOf, isWholeObject, isWholeText } from './checksum.ts'
export { runDrill } from './drill.ts'
export type {
  DrillConditions,
  DrillDeps,
  DrillGateway,
  DrillOptions,
  DrillPhase,
  DrillResult,
  DrillRun,
} from './drill.ts'
export { renderDrill } from './drill-table.ts'
export { probeWire } from './wire-probe.ts'
export type { WireEnd, WireProbeOptions, WireReading } from './wire-probe.ts'
