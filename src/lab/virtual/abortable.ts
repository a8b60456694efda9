/**
 * What a `fetch` over a network does when its caller gives up, for a handler in the same process: the promise rejects, a
 * body that is being read breaks off, and whoever writes it learns that nobody reads on.
 */
export async function abortable(answering: Promise<Response>, signal: AbortSignal): Promise<Response> {
  let onAbort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  // Nobody may be waiting when it happens.
  aborted.catch(() => undefined)
  const response = await Promise.race([answering, aborted])
  if (response.body === null) return response
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        aborted.catch((reason: unknown) => {
          controller.error(reason)
          reader.cancel(reason).catch(() => undefined)
        })
      },
      pull: async (controller) => {
        const read = await reader.read()
        if (signal.aborted) return
        if (!read.done) return controller.enqueue(read.value)
        signal.removeEventListener('abort', onAbort)
        controller.close()
      },
      cancel: (reason) => {
        signal.removeEventListener('abort', onAbort)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: response.status, headers: response.headers })
}
