import { definePlugin } from '@llmspell/sdk'
import { ThreadPool } from './threads/pool.ts'

const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const threadMain = new URL(`./threads/thread-main.${ending}`, import.meta.url)

export default definePlugin({
  setup(ctx) {
    const workers = new ThreadPool(threadMain)
    ctx.defer(() => workers.close())
    ctx.provide('workers', workers)
  },
})
