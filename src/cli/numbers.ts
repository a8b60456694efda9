import { InvalidArgumentError } from 'commander'

/** A TCP port, 0 for a free one. */
export function parsePort(value: string): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && value.trim() !== '') return port
  throw new InvalidArgumentError('Expected a port from 0 to 65535.')
}

export function parseWholeNumber(value: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number >= 0 && value.trim() !== '') return number
  throw new InvalidArgumentError('Expected a whole number from 0 on.')
}
