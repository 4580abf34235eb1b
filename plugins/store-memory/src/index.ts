import { definePlugin } from '@llmspell/sdk'

export default definePlugin({
  setup() {},
})
