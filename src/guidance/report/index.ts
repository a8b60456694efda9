export { toJson } from './json.ts'
