import { definePlugin } from '@llmspell/sdk'
import { permissions } from './decide.ts'

export default definePlugin({
  setup(ctx) {
    ctx.provide('permissions', permissions)
  },
})
