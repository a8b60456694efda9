/** What a command's exit code means, everywhere. */
export const EXIT = {
  done: 0,
  /** The check or gate failed. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** Evidence is missing. */
  inconclusive: 3,
} as const

/** Ends a command with a message for its user and an exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}
