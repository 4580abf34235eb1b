import { engineSuite } from '@llmspell/sdk/testing'
import { engine } from './index.ts'

engineSuite({ engine, language: 'javascript' })
