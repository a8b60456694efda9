export { sendQueueBytes } from './send-queue.ts'
export { newId, systemClock } from './system.ts'
export { bunUpstream } from './upstream.ts'
