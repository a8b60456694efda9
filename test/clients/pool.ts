/**
 * Bun opens 256 outgoing connections at most, clients and gateway share them in a test's process, a dozen tests run
 * at once, and a burst of work must not look like a stalled provider.
 */
const WIDTH = 4

/** Runs the work over all items, at most four at a time; results in the items' order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  const queue = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results.set(next[0], await work(next[1]))
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}
