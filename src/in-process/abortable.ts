/**
 * The response, or the signal's reason as soon as it aborts; a response that comes too late is thrown away, which frees
 * its upstream.
 */
export function orAborted(coming: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason)
      void coming.then(({ body }) => body?.cancel().catch(ignoreClosed))
    }
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const done = (): void => signal.removeEventListener('abort', onAbort)
    coming.then(
      (response) => {
        done()
        resolve(signal.aborted ? response : withAbort(response, signal))
      },
      (error: unknown) => {
        done()
        reject(error)
      },
    )
  })
}

/** A streamed response whose body ends with the signal, as that of any `fetch`; others are whole already. */
function withAbort(response: Response, signal: AbortSignal): Response {
  const { body, status, headers } = response
  if (body === null || !headers.get('content-type')?.startsWith('text/event-stream')) return response
  return new Response(abortableBody(body, signal), { status, headers })
}

function abortableBody(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let onAbort = (): void => undefined
  const over = (): void => signal.removeEventListener('abort', onAbort)
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        onAbort = () => {
          controller.error(signal.reason)
          void reader.cancel(signal.reason).catch(ignoreClosed)
        }
        signal.addEventListener('abort', onAbort, { once: true })
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          // Errored by the signal meanwhile: there is nobody to write to.
          if (signal.aborted) return
          if (!done) return controller.enqueue(value)
          over()
          controller.close()
        } catch (error) {
          over()
          if (!signal.aborted) controller.error(error)
        }
      },
      cancel(reason) {
        over()
        return reader.cancel(reason)
      },
    },
    // Nothing is read ahead of the caller, see `ClientStream`.
    { highWaterMark: 0 },
  )
}

/** Cancelling a body that is closed already rejects; there is nothing left to free then. */
function ignoreClosed(): void {}
