import { storeSuite } from '@llmspell/sdk/testing'
import type { SharedStore } from './share/shared-store.ts'
import { Places, ready, sharedIn } from './testing/places.ts'

const places = new Places()
let last: { folder: string; clock: () => number }

storeSuite({
  name: 'level',
  create(clock) {
    last = { folder: places.make(), clock }
    return sharedIn(last.folder, { clock })
  },
  again: () => sharedIn(last.folder, { clock: last.clock }),
  beside: () => sharedIn(last.folder, { clock: last.clock }),
  clean: () => places.clean(),
})

let owner: SharedStore

storeSuite({
  name: 'level, through its owner',
  async create(clock) {
    last = { folder: places.make(), clock }
    return besideOwner()
  },
  async again() {
    await owner.close()
    return besideOwner()
  },
  beside: () => sharedIn(last.folder, { clock: last.clock }),
  async clean() {
    await owner.close()
    places.clean()
  },
})

async function besideOwner(): Promise<SharedStore> {
  owner = sharedIn(last.folder, { clock: last.clock })
  await owner.open(ready)
  return sharedIn(last.folder, { clock: last.clock })
}
