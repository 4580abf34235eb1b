import { definePlugin } from '@llmspell/sdk'

/** The plugin `store-postgres`. */
export default definePlugin({ setup() {} })
