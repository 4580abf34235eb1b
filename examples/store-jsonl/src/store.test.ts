import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RowStore } from '@llmspell/sdk/store'
import { storeSuite } from '@llmspell/sdk/testing'
import { LineHome } from './home.ts'

let folder: string
let time: () => number
const again = (): RowStore => new RowStore(new LineHome(folder, () => {}), time)

// What every store promises: keys, batches, time, watches, snapshots, backups, and its laws.
storeSuite({
  name: 'jsonl',
  create(clock) {
    time = clock
    folder = mkdtempSync(join(tmpdir(), 'store-jsonl-'))
    return again()
  },
  again,
  clean: () => rmSync(folder, { recursive: true, force: true }),
})
