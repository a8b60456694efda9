export { BoundedMap } from './bounded-map.ts'
export { Recent } from './recent.ts'
