import { execFile } from 'node:child_process'
import { withoutKeys } from '../gateway-process.ts'

/** What a command left behind. */
export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Agents that cannot end are a failure of the test; they need a few seconds. */
const LIMIT_MS = 90_000

/** Runs it in `folder`, with nothing of this process's environment but what every program needs. */
export function runCommand(
  [command = '', ...options]: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  return new Promise((resolve) => {
    const settings = {
      cwd: folder,
      env: { ...withoutKeys(process.env), ...env },
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL' as const,
    }
    const child = execFile(command, options, settings, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1
      resolve({ code, stdout, stderr })
    })
    // Both read what is piped to them as a part of the prompt.
    child.stdin?.end()
  })
}
