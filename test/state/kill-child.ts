// Migrates to and fro, restores one backup after the other, or makes backups, until it is killed.
import { migrate } from '@llmspell/sdk/store'
import { backupsIn, GOODS, opened } from './kill-house.ts'
import { put } from './store.ts'

const [folder = '', kind = 'level', work = 'migrate', ...ids] = process.argv.slice(2)
const store = await opened(folder, kind)
const backups = backupsIn(folder, store)
process.stdout.write('open\n')
for (let n = 0; ; n++) {
  if (work === 'migrate')
    await migrate(store, [GOODS], { chunk: 50, targets: { 'custom/goods': 2 - (n % 2) } })
  else if (work === 'restore') await backups.restore(ids[n % ids.length]!)
  else {
    await store.commit([put('turn', n)])
    await backups.create({ incremental: n % 3 > 0 })
  }
}
