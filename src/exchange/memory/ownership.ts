import type { Ownership } from '../operations/operation.ts'
import type { Origins } from './origins.ts'

/** Who made the marks in a request, seen from the platform that is to get it. */
export function ownershipOf(platform: string, origins: Origins): Ownership {
  return {
    isOwn: (mark) => origins.of(mark)?.platform === platform,
    isForeign: (mark) => {
      const origin = origins.of(mark)
      return origin !== undefined && origin.platform !== platform
    },
  }
}
