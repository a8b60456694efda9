export { DRAIN_PATIENCE_MS, InsecureBind, type RunningServer, type ServerOptions, startServer } from './server.ts'
