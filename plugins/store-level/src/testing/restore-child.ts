// Restores one of two backups after the other, for ever.
import { openAsBlob } from 'node:fs'
import { ready, storeIn } from './places.ts'

const [folder = '', ...backups] = process.argv.slice(2)
const store = storeIn(folder)
await store.open(ready)
for (let n = 0; ; n++) {
  const backup = await openAsBlob(backups[n % backups.length]!)
  await store.restore(backup.stream(), { mode: 'replace' })
  process.stdout.write(`${n}\n`)
}
