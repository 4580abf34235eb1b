import { definePlugin } from '@llmspell/sdk'

/** The plugin `repl`. */
export default definePlugin({ setup() {} })
