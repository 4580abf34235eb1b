import { RowStore } from '@llmspell/sdk/store'
import { storeSuite } from '@llmspell/sdk/testing'
import { MemoryHome } from './memory-home.ts'

storeSuite({ name: 'memory', create: (clock) => new RowStore(new MemoryHome(() => {}), clock) })
