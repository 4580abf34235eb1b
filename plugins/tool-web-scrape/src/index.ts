import { definePlugin } from '@llmspell/sdk'
import { Rate } from './rate.ts'
import { webScrape } from './web-scrape.ts'

export default definePlugin({
  setup(ctx) {
    const means = { http: ctx.use('http'), workers: ctx.use('workers'), rate: new Rate() }
    ctx.contribute('tools', 'web-scrape', webScrape(means))
  },
})
