// Counts as fast as it can, always beside others, and says the mark of each acknowledged commit on a line.
import { ready, storeIn } from './places.ts'
import { counted } from './tally.ts'

const [folder = '', name = ''] = process.argv.slice(2)
const store = storeIn(folder)
await store.open(ready)
process.stdout.write('open\n')
for (let n = 0; ; n += 2) {
  // One beside the other: they share a turn, and one of them may have to try again.
  const marks = [`${name}-${n}`, `${name}-${n + 1}`]
  const durability = n % 16 === 8 ? 'sync' : 'os'
  await Promise.all(
    marks.map(async (mark) => {
      await counted(store, mark, durability)
      process.stdout.write(`${mark}\n`)
    }),
  )
}
