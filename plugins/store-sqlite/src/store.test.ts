import { storeSuite } from '@llmspell/sdk/testing'
import { Places, storeIn } from './testing/places.ts'

const places = new Places()
let last: { folder: string; clock: () => number }
const again = () => storeIn(last.folder, { clock: last.clock })

storeSuite({
  name: 'sqlite',
  create(clock) {
    last = { folder: places.make(), clock }
    return again()
  },
  again,
  beside: again,
  clean: () => places.clean(),
})
