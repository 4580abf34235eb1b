import { definePlugin } from '@llmspell/sdk'

/** The plugin `repl`: sessions of entries, for terminals, pipes and hosts. */
export default definePlugin({
  setup(ctx) {
    const house = {
      extensions: ctx.use('extensions'),
      hooks: ctx.use('hooks'),
      runtime: ctx.use('script-runtime'),
      recorder: ctx.find('recorder'),
      files: ctx.find('files'),
      pictures: ctx.find('pictures'),
    }
    ctx.provide('repl', {
      open: async (options) => (await import('./open.ts')).openRepl(house, options),
    })
  },
})
