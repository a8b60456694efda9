/** Of turns a millisecond long or more; a condition that has not come by then never will. */
const MOST_TURNS = 4_000

/** For what sockets do in their own time. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns++) {
    if (turns > MOST_TURNS) throw new Error('it never came to be so')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
