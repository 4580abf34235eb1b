import type { DefinedPlugin } from '@llmspell/sdk'
import { definePlugin } from '@llmspell/sdk'
import { engine } from './engine.ts'

export { engine }
export { fromState } from './from-state.ts'
export type { Fengari, LuaState } from './api.ts'

const plugin: DefinedPlugin = definePlugin({
  setup(ctx) {
    ctx.contribute('engines', 'fengari', engine)
  },
})

export default plugin
