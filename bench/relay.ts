// The yardstick: the shortest relay on the same runtime, which looks at nothing.
const upstream = process.env['BENCH_UPSTREAM'] ?? ''
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  idleTimeout: 0,
  async fetch({ url, method, headers, body }) {
    const answer = await fetch(upstream + new URL(url).pathname, { method, headers, body, decompress: false })
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  },
})
// However the benchmark ends, nothing of it stays.
process.on('disconnect', () => process.exit())
process.send?.({ port: server.port })
