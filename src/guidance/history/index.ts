export { historyJsonSchema } from './json-schema.ts'
export { parseHistory } from './parse.ts'
export { starterHistory } from './starter.ts'
