import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { PROXIES, type Proxy, startProxy, versionOf } from '../test/proxies/proxy-process.ts'
import { readHttp2, type StreamEnd } from '../test/proxies/http2-client.ts'
import { probeWire } from '../src/lab/index.ts'

// What reverse proxies make of an answer whose connection breaks in the midst: prints the table of docs/deployment.md
// for the proxies that are installed. Not through Fullstop: the upstream here is a socket that does just that.

/** Configurations as short as a first try has them: all else is the proxy's default. */
const PLAIN: Readonly<Record<string, string>> = {
  nginx: `events {}
http { server { listen 8080; location / { proxy_pass http://127.0.0.1:8787; } } }`,
  HAProxy: `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend clients
  bind :8080
  default_backend fullstop
backend fullstop
  server fullstop 127.0.0.1:8787
`,
  Caddy: `:8080 {
	reverse_proxy 127.0.0.1:8787
}
`,
}

/** Has no configuration among the examples; measured because many have it. */
const APACHE: Proxy = {
  name: 'Apache httpd',
  binary: 'apache2',
  versionArguments: ['-v'],
  file: 'httpd.conf',
  run: (file, folder) => ['-X', '-d', folder, '-f', file],
  tame: (config, folder) => `PidFile ${folder}/pid\nErrorLog ${folder}/error.log\n${config}`,
  asHttp2: (config) =>
    `LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so\nProtocols h2c http/1.1\n${config}`,
}
const APACHE_CONFIG = `ServerName localhost
Listen 8080
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
ProxyPass / http://127.0.0.1:8787/
`

const BREAKS = ['fin', 'rst'] as const
type Break = (typeof BREAKS)[number]

const EVENTS = ['one', 'two', 'three'].map((word) => `data: {"word":"${word}"}\n\n`)

/** Answers each request with a few events, and then breaks the connection. */
async function startBreaking(how: Break): Promise<{ url: string; stop: () => void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (data) => void answer(socket, data.toString(), how))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}

async function answer(socket: Socket, request: string, how: Break): Promise<void> {
  if (request.startsWith('GET')) return void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  // A server that is asked in HTTP/1.0 may not send chunks: the end of the connection is the end of the body.
  const isChunked = request.includes(' HTTP/1.1\r\n')
  const framing = isChunked ? 'transfer-encoding: chunked' : 'connection: close'
  socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-accel-buffering: no\r\n${framing}\r\n\r\n`)
  for (const event of EVENTS) {
    await Bun.sleep(30)
    socket.write(isChunked ? `${event.length.toString(16)}\r\n${event}\r\n` : event)
  }
  // What came before has been read by then, so that a reset discards nothing.
  await Bun.sleep(300)
  if (how === 'rst') socket.resetAndDestroy()
  else socket.end()
}

async function endsOf(proxy: Proxy, how: Break, change: (config: string) => string): Promise<readonly string[]> {
  const upstream = await startBreaking(how)
  const http1 = await startProxy(proxy, upstream.url, change)
  const wire = await probeWire(`${http1.url}/v1/messages`, { method: 'POST', body: '{}', silenceMs: 5_000 })
  await http1.stop()
  const http2 = await startProxy(proxy, upstream.url, (config) => proxy.asHttp2(change(config)))
  const stream = await readHttp2(`${http2.url}/v1/messages`, '{}')
  await http2.stop()
  upstream.stop()
  return [cell(wire.end, wire.body), cell(stream.end, stream.text)]
}

function cell(end: StreamEnd | 'fin' | 'reset' | 'open', text: string): string {
  const lost = EVENTS.every((event) => text.includes(event)) ? '' : ', events lost'
  return (end === 'clean' ? '**clean end**' : 'broken') + lost
}

const rows = [...PROXIES, APACHE].flatMap((proxy) => {
  const version = versionOf(proxy)
  if (version === undefined) return []
  const plain = PLAIN[proxy.name] ?? APACHE_CONFIG
  const configurations = [[`as short as can be`, () => plain] as const]
  return proxy === APACHE
    ? configurations.map(([title, change]) => ({ proxy, version, title, change }))
    : [...configurations, ['of the examples', (config: string) => config] as const].map(([title, change]) => ({
        proxy,
        version,
        title,
        change,
      }))
})

console.log(
  '| proxy | configuration | FIN, HTTP/1.1 | RST, HTTP/1.1 | FIN, HTTP/2 | RST, HTTP/2 |\n|---|---|---|---|---|---|',
)
for (const { proxy, version, title, change } of rows) {
  const [fin1, fin2] = await endsOf(proxy, 'fin', change)
  const [rst1, rst2] = await endsOf(proxy, 'rst', change)
  console.log(`| ${proxy.name} ${version} | ${title} | ${fin1} | ${rst1} | ${fin2} | ${rst2} |`)
}
