export { type LimitUse, type PlatformsReport, type PlatformStatus } from '../engine/index.ts'
export { InsecureBind, type RunningServer, type ServerOptions, startServer } from './server.ts'
