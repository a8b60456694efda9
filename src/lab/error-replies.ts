import type { ProviderResponse } from './provider-http.ts'
import type { Rejection } from './faults.ts'
import { ProviderRejection } from './protocols/provider-protocol.ts'
import type { ProviderProtocol } from './protocols/provider-protocol.ts'

/** The refusal that a fault asks for, as the protocol words it. */
export function rejectionOf(rejection: Rejection, protocol: ProviderProtocol): ProviderRejection {
  switch (rejection.kind) {
    case 'spent-account':
      return protocol.spentAccount()
    case 'auth':
      return rejection.status === 401 ? protocol.refusedKey() : protocol.statusRejection(rejection.status)
    case 'status':
      return protocol.statusRejection(rejection.status)
  }
}

/** Sends a refusal; a response that has begun already is broken off instead. */
export function refuse(
  response: ProviderResponse,
  rejection: ProviderRejection,
  protocol: ProviderProtocol,
  requestId: string,
  retryAfterSeconds?: number,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const retry: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  const allow: Record<string, string> = rejection.status === 405 ? { allow: 'POST' } : {}
  const body = protocol.errorBody(rejection, requestId, retryAfterSeconds)
  response.writeHead(rejection.status, {
    ...protocol.headers(requestId),
    ...retry,
    ...allow,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  })
  response.end(body)
}

/** What is not a refusal is a defect of the simulator: it answers 500 and says so, and the server goes on. */
export function toRejection(error: unknown): ProviderRejection {
  if (error instanceof ProviderRejection) return error
  return new ProviderRejection(500, `The simulator failed: ${error instanceof Error ? error.message : String(error)}`)
}
