import { definePlugin, type DefinedPlugin } from '@llmspell/sdk'
import { engine } from './engine.ts'

// A worker thread loads the engine from here, without a kernel.
export { engine }

const plugin: DefinedPlugin = definePlugin({
  setup(ctx) {
    ctx.contribute('engines', 'my-plugin', engine)
  },
})

export default plugin
