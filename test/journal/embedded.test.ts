import { executorSuite } from '@llmspell/sdk/testing'
import { storePlace } from './place.ts'

executorSuite('embedded', () => storePlace())
