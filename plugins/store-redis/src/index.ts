import { definePlugin } from '@llmspell/sdk'

/** The plugin `store-redis`. */
export default definePlugin({ setup() {} })
