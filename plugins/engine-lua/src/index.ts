import type { DefinedPlugin } from '@llmspell/sdk'
import { definePlugin } from '@llmspell/sdk'
import { engine } from './engine.ts'

export { engine }

const plugin: DefinedPlugin = definePlugin({
  setup(ctx) {
    ctx.contribute('engines', 'lua', engine)
  },
})

export default plugin
