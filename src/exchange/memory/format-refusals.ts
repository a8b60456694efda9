import type { OutputFormat } from '../../protocols/core/index.ts'

/** How long a platform is not asked again, ms: it may learn, and asking costs an attempt. */
const REMEMBERED_MS = 3_600_000

/**
 * Which platforms answered only when they were asked without a format of the configuration's. Goes with the format, and has
 * at most as many entries as there are platforms.
 */
export class FormatRefusals {
  readonly #until = new WeakMap<OutputFormat, Map<string, number>>()

  refused(format: OutputFormat, platform: string, nowMs: number): void {
    // Answers without it that follow from this say nothing new.
    if (this.isRefused(format, platform, nowMs)) return
    const platforms = this.#until.get(format) ?? new Map<string, number>()
    this.#until.set(format, platforms.set(platform, nowMs + REMEMBERED_MS))
  }

  isRefused(format: OutputFormat, platform: string, nowMs: number): boolean {
    return nowMs < (this.#until.get(format)?.get(platform) ?? 0)
  }
}
