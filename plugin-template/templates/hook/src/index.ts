import { definePlugin } from '@llmspell/sdk'
import { forbid } from './forbid.ts'

export interface Config {
  readonly words: readonly string[]
}

export default definePlugin<Config>({
  setup(ctx) {
    // The point must be listed in package.json, under llmspell.contributes.hooks.
    ctx.tap('tool.input', forbid(ctx.config.words))
  },
})
