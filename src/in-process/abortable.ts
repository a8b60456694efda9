/**
 * The response, or the signal's reason where it aborted meanwhile: the engine, whose signal it is too, ends at once then.
 * A stream goes on listening.
 */
export async function orAborted(coming: Promise<Response>, signal: AbortSignal): Promise<Response> {
  const response = await coming
  if (!signal.aborted) return withAbort(response, signal)
  // Its last word before the abort may have been a beginning.
  void response.body?.cancel(signal.reason).catch(ignoreClosed)
  throw signal.reason
}

/** A streamed response whose body ends with the signal, as that of any `fetch`; others are whole already. */
function withAbort(response: Response, signal: AbortSignal): Response {
  const { status, headers } = response
  // The mark of every stream, whatever its frame. Only then is the body asked for, since that alone may cost something.
  const body = headers.has('x-accel-buffering') ? response.body : null
  if (body === null) return response
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
