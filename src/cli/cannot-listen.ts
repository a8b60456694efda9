import { CommandFailure, EXIT } from './exit-codes.ts'

/** Why a port could not be had, and what to do about it. */
export function cannotListen(host: string, port: number, error: unknown): CommandFailure {
  return new CommandFailure(`fullstop: cannot listen on ${host}:${port}: ${cause(error)}`, EXIT.usage)
}

function cause(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return 'something else listens there; choose another port.'
    case 'EACCES':
      return 'this user may not; choose another port, from 1024 on as a rule.'
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
    case 'ENOTFOUND':
      return 'it is no address of this machine; choose another.'
    default:
      return `${error instanceof Error ? error.message : String(error)}.`
  }
}
