import { definePlugin } from '@llmspell/sdk'
import { Client } from './client.ts'
import { fetchOf } from './fetch.ts'
import type { HttpConfig } from './generated/config.ts'

export default definePlugin<HttpConfig>({
  setup(ctx) {
    const client = new Client({ permissions: ctx.use('permissions'), config: ctx.config })
    ctx.defer(() => client.close())
    ctx.provide('http', {
      request: (request, access) => client.request(request, access),
      fetch: (access, limits) => fetchOf(client, access, limits),
    })
  },
})
