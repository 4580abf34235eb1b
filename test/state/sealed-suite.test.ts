import { RowStore } from '@llmspell/sdk/store'
import { storeSuite } from '@llmspell/sdk/testing'
import { keyFrom } from '../../plugins/state/src/seal/keys.ts'
import { SealedStore } from '../../plugins/state/src/seal/sealed-store.ts'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'

storeSuite({
  name: 'memory, sealed',
  own: 1,
  create: (clock) =>
    new SealedStore(new RowStore(new MemoryHome(() => {}), clock), {
      keys: [keyFrom('a'.repeat(32))],
      acceptPlain: false,
    }),
})
