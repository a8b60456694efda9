// How long `metastable` lasts where there is nowhere else to go: two of its three platforms are down. The figures behind the
// table of docs/drills.md. `bun scripts/measure-lone-metastable.ts [REQUESTS...]`, a run of ten minutes each; 2000 are 3 a second
import { createGateway } from '../src/cli/drill.ts'
import { type Drill, findDrill, runDrill } from '../src/lab/index.ts'

const given = process.argv.slice(2).map(Number)
const REQUESTS = given.length === 0 ? [2_000, 6_000] : given
if (!REQUESTS.every((requests) => Number.isSafeInteger(requests) && requests > 0))
  throw new Error('expected whole numbers of requests above 0')
const SEEDS = [1, 2, 3]

const DOWN = [{ label: 'down', share: 1, draw: () => ({ name: 'status', value: 503 }) }]

function lone(requests: number): Drill {
  const drill = findDrill('metastable', requests)
  return { ...drill, scenario: { ...drill.scenario, platforms: { gpu: DOWN, tpu: DOWN } } }
}

/** The last new request that failed, in seconds after the end of the cause. */
const words = (seconds: number | null | undefined): string => (seconds === null ? 'never over' : `${seconds} s`)

for (const requests of REQUESTS)
  for (const seed of SEEDS) {
    const { direct, fullstop } = await runDrill({ drill: lone(requests), seed }, { createGateway })
    const whole = ((100 * fullstop.afterRetries.complete) / requests).toFixed(1)
    console.log(
      `${requests} requests, seed ${seed}: bare ${words(direct.recovery?.recoveredAfterSeconds)}, through Fullstop ` +
        `${words(fullstop.recovery?.recoveredAfterSeconds)}, ${whole} % complete after retries`,
    )
  }
