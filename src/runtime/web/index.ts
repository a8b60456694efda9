export { environment } from './environment.ts'
export { newId, systemClock } from './system.ts'
export { toWholeResponse, WholeResponse } from './whole-response.ts'
export { type UpstreamFetch, webUpstream } from './upstream.ts'
