import { definePlugin } from '@llmspell/sdk'
import type { SandboxConfig } from './generated/config.ts'
import { ProgramJail } from './jail/jail.ts'
import { Shops } from './threads/shops.ts'

const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const shopMain = new URL(`./threads/shop-main.${ending}`, import.meta.url)

export default definePlugin<SandboxConfig>({
  setup(ctx) {
    const workers = new Shops(shopMain)
    ctx.defer(() => workers.close())
    ctx.provide('workers', workers)
    const jail = new ProgramJail(ctx.config.bubblewrap, ctx.signal)
    ctx.defer(() => jail.close())
    ctx.provide('jail', jail)
  },
})
