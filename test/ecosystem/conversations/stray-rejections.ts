/** After which a library has left behind what it leaves behind, ms. */
const STRAY_MS = 50

/**
 * Runs it while nobody listens for rejected promises that a library left behind. LangChain's Google client leaves one
 * when its stream breaks; the test runner would fail a test that it has nothing to do with.
 */
export async function withoutStrayRejections(use: () => Promise<void>): Promise<void> {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', ignore)
  try {
    await use()
    await new Promise((resolve) => setTimeout(resolve, STRAY_MS))
  } finally {
    process.off('unhandledRejection', ignore)
    for (const listener of listeners) process.on('unhandledRejection', listener)
  }
}

function ignore(): void {}
