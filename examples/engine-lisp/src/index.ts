import { definePlugin } from '@llmspell/sdk'
import { engine } from './engine.ts'

// A worker thread loads the engine from here, without a kernel.
export { engine }

export default definePlugin({
  setup(ctx) {
    ctx.contribute('engines', 'lisp', engine)
  },
})
