import { type Label, toLabel } from '../evidence/index.ts'
import type { Violation } from './compile-schema.ts'

/** For the caller, who has the schema: `"id" is missing (#/$defs/line)`. */
export function sentenceOf({ path, missing }: Violation): string {
  if (missing === undefined) return `${path} is not met`
  const parent = path.replace(/\/?required$/, '')
  return `${JSON.stringify(missing)} is missing${parent === '#' ? '' : ` (${parent})`}`
}

/** For evidence: `/properties/id/type`, `/required/id`. Names that are no short machine words are `_`. */
export function labelOf({ path, missing }: Violation): Label | undefined {
  const segments = path.replace(/^[^#]*#\/?/, '').split('/')
  const all = missing === undefined ? segments : [...segments, missing]
  const text = `/${all.map((segment) => toLabel(segment.replaceAll('$', '')) ?? '_').join('/')}`
  // The end says most.
  return toLabel(text.slice(-LONGEST_LABEL))
}

const LONGEST_LABEL = 128
