export { BoundedMap } from './bounded-map.ts'
export { BoundedStore } from './bounded-store.ts'
export { Recent } from './recent.ts'
export { Slots } from './slots.ts'
