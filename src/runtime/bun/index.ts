export { TcpTable } from './tcp-table.ts'
export { bunUpstream } from './upstream.ts'
