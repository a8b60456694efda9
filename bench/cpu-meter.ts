import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time that a process uses from the meter's making on, user and system, over all its threads. From the scheduler's
 * own account (`/proc/PID/task/TID/schedstat`, nanoseconds), since `/proc/PID/stat` counts in hundredths of a second.
 * Thread by thread: runtimes end threads that have been idle for seconds, and with them goes their account.
 */
export class CpuMeter {
  readonly #pid: number
  readonly #before: ReadonlyMap<string, number>

  constructor(pid: number) {
    this.#pid = pid
    this.#before = nanosecondsByThread(pid)
  }

  elapsedUs(): number {
    let nanoseconds = 0
    for (const [thread, after] of nanosecondsByThread(this.#pid)) nanoseconds += after - (this.#before.get(thread) ?? 0)
    return nanoseconds / 1_000
  }
}

function nanosecondsByThread(pid: number): ReadonlyMap<string, number> {
  const threads = new Map<string, number>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')
      threads.set(thread, Number(onCpu))
    } catch {
      // The thread ended between the two calls; it was idle.
    }
  }
  return threads
}
