export { historyJsonSchema } from './json-schema.ts'
export { historyLimitBytes, parseHistory } from './parse.ts'
export type { HistoryResult } from './parse.ts'
export { starterHistory } from './starter.ts'
