import { definePlugin } from '@llmspell/sdk'
import { noFolder, RowStore } from '@llmspell/sdk/store'
import { LineHome } from './home.ts'

export default definePlugin({
  setup(ctx) {
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'jsonl', {
      create({ folder }) {
        if (folder === undefined) throw noFolder('jsonl')
        return new RowStore(new LineHome(folder, warn))
      },
    })
  },
})
