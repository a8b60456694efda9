import { isLoopback, isLoopbackAddress } from '../config/index.ts'
import { FullstopError } from '../errors.ts'

/**
 * Without client keys, whatever reaches the port may use it, so only callers on the machine itself may reach it. A web
 * page on another site could still make the browser call: by a name that it points to 127.0.0.1 (DNS rebinding, seen
 * in `host`) or across origins (seen in `origin`). And a proxy on the machine makes everybody look local: whom it asks
 * for is in the headers that it adds, where it adds any. Returns the refusal, if any.
 */
export function refuseForeignCaller(headers: Headers): FullstopError | undefined {
  const host = headers.get('host')
  if (host !== null && !isLocalHost(host))
    return new FullstopError('host-not-allowed', 'Expected a loopback name in the host header; another came.')
  const origin = headers.get('origin')
  if (origin !== null && !isLoopbackOrigin(origin))
    return new FullstopError(
      'origin-not-allowed',
      'Expected no origin, or a loopback one; a web page of another site called.',
    )
  if (!isForOwnMachine(headers))
    return new FullstopError(
      'origin-not-allowed',
      'Expected a caller on the machine itself; a proxy forwarded the request of another one.',
    )
  return undefined
}

/**
 * Whether every address that proxies name is this machine's. A caller may have written some of them, but not those
 * that the proxy itself added, so one that is not loopback is enough.
 */
function isForOwnMachine(headers: Headers): boolean {
  if (headers.has('forwarded')) return false
  const addresses = [headers.get('x-forwarded-for'), headers.get('x-real-ip')].flatMap((list) => list?.split(',') ?? [])
  return addresses.every((address) => isLoopbackAddress(address.trim()))
}

const PLAIN = /^(?:127\.0\.0\.1|localhost)(?::\d{1,4})?$/

function isLocalHost(host: string): boolean {
  // The usual spellings first: this runs on every request.
  if (PLAIN.test(host)) return true
  const url = URL.parse(`http://${host}`)
  // Nothing but a host and its port: no user, no path.
  return url !== null && isLoopback(url.hostname) && !/[/?#@\\]/.test(host)
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && isLoopback(url.hostname)
}
