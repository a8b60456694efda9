export { type ApprovalDetail, type ApprovalSummary } from '../exchange/index.ts'
export { type ApprovalsList } from './approvals-api.ts'
export { type LimitUse, type PlatformsReport, type PlatformStatus } from '../engine/index.ts'
export {
  CannotListen,
  DRAIN_PATIENCE_MS,
  InsecureBind,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './server.ts'
