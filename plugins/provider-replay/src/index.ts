import { definePlugin } from '@llmspell/sdk'
import type { ReplayConfig } from './generated/config.ts'
import { Tapes } from './recorder.ts'
import { TestBenches } from './checks/bench.ts'
import { testModule } from './checks/module.ts'

/** The plugin `provider-replay`: the recorder, and what test scripts are written with. */
export default definePlugin<ReplayConfig>({
  async setup(ctx) {
    const tapes = new Tapes(ctx.config)
    await tapes.begin()
    ctx.defer(() => tapes.end())
    ctx.provide('recorder', tapes)
    const benches = new TestBenches()
    ctx.provide('tests', benches)
    ctx.contribute('script-modules', 'Test', testModule(benches, ctx.use('schemas')))
  },
})
