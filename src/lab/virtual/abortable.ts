/**
 * What a `fetch` over a network does when its caller gives up, for a handler in the same process: the promise rejects, and a
 * body that is being read breaks off.
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
      pull: async (controller) => {
        const read = await Promise.race([reader.read(), aborted])
        if (!read.done) return controller.enqueue(read.value)
        signal.removeEventListener('abort', onAbort)
        controller.close()
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: response.status, headers: response.headers })
}
