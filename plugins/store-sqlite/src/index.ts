import { definePlugin } from '@llmspell/sdk'

/** The plugin `store-sqlite`. */
export default definePlugin({ setup() {} })
