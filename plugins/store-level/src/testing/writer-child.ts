// Writes numbered pairs as fast as it can and says each acknowledged number on a line.
import { put } from './pairs.ts'
import { ready, storeIn } from './places.ts'

const [folder = '', durability = 'sync', from = '0'] = process.argv.slice(2)
const store = storeIn(folder)
await store.open(ready)
process.stdout.write('open\n')
for (let n = Number(from); ; n += 4) {
  const four = [n, n + 1, n + 2, n + 3]
  await Promise.all(
    four.map(async (each) => {
      await store.commit(put(each), { durability: durability as 'sync' | 'os' })
      process.stdout.write(`${each}\n`)
    }),
  )
}
