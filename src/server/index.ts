export { InsecureBind, type RunningServer, type ServerOptions, startServer } from './server.ts'
