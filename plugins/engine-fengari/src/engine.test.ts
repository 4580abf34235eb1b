import { engineSuite } from '@llmspell/sdk/testing'
import { engine } from './engine.ts'

engineSuite({ engine, language: 'lua', integers: 32 })
