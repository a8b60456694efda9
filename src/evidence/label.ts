declare const labelBrand: unique symbol

/**
 * A short machine word that came from a provider (a model id, a raw stop reason) and is safe to keep:
 * at most 128 characters of `A-Z a-z 0-9 . _ : / @ + = -`. Prose cannot be a label, so evidence cannot carry it.
 */
export type Label = string & { readonly [labelBrand]: true }

const LABEL_PATTERN = /^[\w.:/@+=-]{1,128}$/

/** The value as a label, or `undefined` where it is anything but a short machine word. */
export function toLabel(value: unknown): Label | undefined {
  return typeof value === 'string' && LABEL_PATTERN.test(value) ? (value as Label) : undefined
}
