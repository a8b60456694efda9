import { watch } from 'node:fs'

/**
 * Calls `onChange` with the name of each entry of `directory` that changes (`null` where the platform doesn't say) until
 * it is closed. Throws when the folder cannot be watched; `onError` is for a watch that breaks later.
 */
export type WatchDirectory = (
  directory: string,
  onChange: (name: string | null) => void,
  onError: (error: unknown) => void,
) => { close(): void }

/** The two timer functions; a handle means something to the same pair alone. */
export interface Timers {
  readonly setTimeout: (callback: () => void, delayMs: number) => unknown
  readonly clearTimeout: (handle: unknown) => void
}

/** The file system's own notifications. They don't keep the process alive. */
export const watchDirectory: WatchDirectory = (directory, onChange, onError) => {
  const watcher = watch(directory, { persistent: false }, (_event, name) => onChange(name))
  watcher.on('error', onError)
  return { close: () => watcher.close() }
}

/** The process's own timers. */
export const systemTimers: Timers = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout> | undefined),
}
