/** A host name or address (IPv6 without brackets) and a port. */
export interface ListenAddress {
  readonly hostname: string
  readonly port: number
}

/** Reads `host:port`, with an IPv6 address in brackets; port 0 means any free one. `undefined` for anything else. */
export function parseListen(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text)
  const hostname = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return hostname === undefined || port > 65_535 ? undefined : { hostname, port }
}
