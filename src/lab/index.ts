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
export { calm, defaultPlatforms, failingShareOf, outage20260621 } from './scenarios.ts'
export type { FaultShare, OutageOptions, Scenario, Span } from './scenarios.ts'
export type { Capacity } from './capacity.ts'
export { drills, findDrill, findScenario, scenarios } from './drills/catalogue.ts'
export type { DrillPlan } from './drills/catalogue.ts'
export type { Drill } from './drills/drill.ts'
export { LanguageModel } from './language-model.ts'
export type { LanguageModelOptions, NextToken } from './language-model.ts'
export { countTokens, tokenize } from './tokenizer.ts'
export { createRandom, hashText } from './random.ts'
export type { Random } from './random.ts'
export { checksumEnding, checksumOf, isWholeObject, isWholeText } from './checksum.ts'
export { runDrill } from './drills/run-drill.ts'
export type {
  DrillConditions,
  DrillDelivery,
  DrillDeps,
  DrillOptions,
  DrillPhase,
  DrillResult,
} from './drills/run-drill.ts'
export type { DrillGateway } from './drills/play.ts'
export type { DrillRun, Outcomes, Quantiles, Recovery, Series } from './drills/tally.ts'
export type { DrillWorld } from './drills/world.ts'
export { renderDrill } from './drills/table.ts'
export { VirtualTime } from './virtual/virtual-time.ts'
export { probeWire } from './wire-probe.ts'
export type { WireEnd, WireProbeOptions, WireReading } from './wire-probe.ts'
