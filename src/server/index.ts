export { type ApprovalDetail, type ApprovalSummary } from '../exchange/index.ts'
export { type ApprovalsList } from './approvals-api.ts'
export { DRAIN_PATIENCE_MS, type LimitUse, type PlatformsReport, type PlatformStatus } from '../engine/index.ts'
export { CannotListen, InsecureBind, type RunningServer, startServer } from './server.ts'
