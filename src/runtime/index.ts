export { TcpTable } from './tcp-table.ts'
export { newId, systemClock } from './system.ts'
export { bunUpstream } from './upstream.ts'
