export { BoundedMap } from './bounded-map.ts'
export { BoundedStore, type BoundedStoreOptions } from './bounded-store.ts'
export { Recent } from './recent.ts'
export { Slots } from './slots.ts'
