export { environment } from './environment.ts'
export { newId, systemClock } from './system.ts'
export { type UpstreamFetch, webUpstream } from './upstream.ts'
