export { keyOf, sha256Hex } from './authentication.ts'
export { Engine, type EngineDeps, type EngineOptions, type FetchContext } from './engine.ts'
export { type BudgetStatus, type PlatformsReport, type PlatformStatus } from './platform-status.ts'
export { pathOf } from './routes.ts'
