import type { ProtocolName } from '../served.ts'
import type { Finished } from './command.ts'

export interface Task {
  /** Of the gateway. */
  readonly url: string
  readonly model: string
  /** Where the agent works; it exists. */
  readonly folder: string
  /** Empty: the agent's home, with none of the user's own settings. */
  readonly home: string
  readonly prompt: string
}

/** A command-line agent. */
export interface Agent {
  readonly name: string
  readonly protocol: ProtocolName
  /** Its tool that runs a shell command, and how the command is handed to it. */
  readonly shell: (command: string) => { readonly tool: string; readonly input: object }
  readonly run: (task: Task) => Promise<Finished>
  /** Its last words on stdout. */
  readonly answerOf: (stdout: string) => string
}
