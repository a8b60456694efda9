import type { ProtocolName } from '../protocols/core/index.ts'
import { officialBaseUrls } from './known-hosts.ts'

/** A usable address, or what is wrong with it. Messages never quote it: it may hold a password. */
export type BaseUrlResult = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly message: string }

/**
 * Reads an upstream's base URL: http or https, no credentials, no query, no fragment. Trailing slashes are dropped, so
 * the path is `/` or has no slash at its end.
 */
export function parseBaseUrl(text: string): BaseUrlResult {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined)
    return refuse(
      'expected an address with https:// or http://, such as https://api.example.com/v1, got something else',
    )
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse('expected an address that begins with https:// or http://, got another beginning')
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('the address holds a user name or password; remove it and use apiKey')
  }
  // Not `url.search`: it is empty for a bare `?` or `#`, which would still end up in the middle of every request's URL.
  if (text.includes('?')) return refuse('the address has a query (?…); remove it')
  if (text.includes('#')) return refuse('the address has a fragment (#…); remove it')
  url.pathname = url.pathname.replace(/\/+$/, '')
  return { ok: true, url }
}

/** `true` for this machine: `localhost`, 127.0.0.0/8 and ::1, in a URL's spelling or without brackets. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}

/** The same for an address as sockets and proxies write it: one of IPv4 may be mapped into IPv6 (`::ffff:127.0.0.1`). */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(address.replace(/^::ffff:/, ''))
}

/** Why a key must not be sent to this address; `undefined` when it may. */
export function insecureKeyMessage(url: URL): string | undefined {
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return undefined
  return `the key would travel unencrypted to ${url.hostname}; use https`
}

/** Catches the official hosts with the other SDK's habit about `/v1`, which would fail on every single request. */
export function officialPathMessage(protocol: ProtocolName, url: URL): string | undefined {
  const official = new URL(officialBaseUrls[protocol])
  if (url.hostname !== official.hostname) return undefined
  const isExpected = url.pathname === official.pathname
  return isExpected ? undefined : `expected ${officialBaseUrls[protocol]}, got another path on that host`
}

function refuse(message: string): BaseUrlResult {
  return { ok: false, message }
}
