export { environment } from './environment.ts'
export { newId, systemClock } from './system.ts'
export { toWholeResponse } from './whole-response.ts'
export { type UpstreamFetch, webUpstream } from './upstream.ts'
