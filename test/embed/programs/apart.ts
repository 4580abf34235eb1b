// Two runtimes in one process: what they saw of each other, and what they left. Arguments: scripts of each, at a time, rounds.
import { openParty, runAll } from '../apart.ts'

const [count = 0, most = 0, rounds = 0] = process.argv.slice(2).map(Number)
const ROUND = 50
const parties = [await openParty('ada'), await openParty('bob')]

/** Bytes that are held when everything was collected that could be. */
async function held(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    gc!()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const wrong = [...(await runAll(parties, count, most))]
const bytes = [await held()]
for (let round = 0; round < rounds; round++) {
  wrong.push(...(await runAll(parties, ROUND, most)))
  bytes.push(await held())
}
const facts = await Promise.all(
  parties.map(async ({ name, runtime, seen, left }) => ({
    name,
    calls: [...seen.calls],
    events: [...seen.events],
    rows: (await runtime.state.keys('custom:rows')).length,
    who: await runtime.state.get('global', 'who'),
    tools: (await runtime.tools.list({ source: 'host' })).map((tool) => tool.name),
    left: left(),
    subscriptions: (await runtime.use('events')).list().length,
  })),
)
await Promise.all(parties.map(({ runtime }) => runtime.dispose()))
const registered = parties.flatMap(({ runtime }) =>
  runtime.report().plugins.flatMap((plugin) => plugin.registered),
)
const open = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY)Wrap$/.test(name))
const growth = bytes.at(-1)! - bytes[0]!
const cpu = process.cpuUsage()
const cpuMs = Math.round((cpu.user + cpu.system) / 1000)
process.stdout.write(JSON.stringify({ wrong, facts, registered, open, growth, bytes, cpuMs }))
