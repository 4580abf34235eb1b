// A process that counts in a store of a server until it is killed.
import { postgresAt, ready, redisAt } from './places.ts'
import { count } from './counting.ts'

const [kind, url = '', password = ''] = process.argv.slice(2)
const at = { url, password }
const store = kind === 'redis' ? redisAt(at) : postgresAt(at)
await store.open(ready)
process.stdout.write('open\n')
await count(store, (line) => process.stdout.write(`${line}\n`))
