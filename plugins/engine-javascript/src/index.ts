import { definePlugin } from '@llmspell/sdk'
import { engine } from './engine.ts'

export { engine }

/** Contributes the engine `javascript`. */
export default definePlugin({
  setup(ctx) {
    ctx.contribute('engines', 'javascript', engine)
  },
})
