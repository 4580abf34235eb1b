// In a process of its own: ms to what comes first, code loaded from disk, and of the hundredth (median of those around it).
import { median } from '../support.ts'
import { SIDES } from './sides.ts'

const started = performance.now()
const once = await SIDES[process.argv[2]!]!()
const timed = async (): Promise<number> => {
  const from = performance.now()
  const value = await once()
  if (value !== 42) throw new Error(`expected 42, found ${JSON.stringify(value)}`)
  return performance.now() - from
}
await timed()
const first = performance.now() - started
const rest: number[] = []
for (let i = 0; i < 109; i++) rest.push(await timed())
process.stdout.write(JSON.stringify({ first, hundredth: median(rest.slice(-20)) }))
process.exit()
