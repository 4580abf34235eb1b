import { RowStore } from '@llmspell/sdk/store'
import { storeSuite } from '@llmspell/sdk/testing'
import { Home } from './home.ts'

// What every store promises: keys, batches, time, watches, snapshots, backups, and its laws.
storeSuite({ name: 'my-plugin', create: (clock) => new RowStore(new Home(() => {}), clock) })
