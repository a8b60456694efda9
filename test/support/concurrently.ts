/** Runs the work over all items, so many at once, and gives the results in the items' order. */
export async function concurrently<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!, at)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  return results
}
