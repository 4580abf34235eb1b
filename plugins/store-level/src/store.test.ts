import { storeSuite } from '@llmspell/sdk/testing'
import { Places, storeIn } from './testing/places.ts'

const places = new Places()
let last: { folder: string; clock: () => number }

storeSuite({
  name: 'level',
  create(clock) {
    last = { folder: places.make(), clock }
    return storeIn(last.folder, { clock })
  },
  again: () => storeIn(last.folder, { clock: last.clock }),
  clean: () => places.clean(),
})
