import { definePlugin, now } from '@llmspell/sdk'
import type { HookRegistry } from '@llmspell/sdk'
import { Catalog } from './catalog.ts'
import type { ModelsConfig } from './generated/config.ts'
import { connectIn, resolveIn } from './hub.ts'
import type { Hub, Points } from './hub.ts'
import { listProviders } from './info.ts'
import { Line } from './line.ts'
import { providerModule } from './module.ts'
import { listModels, pullModel, serverRows } from './lookups.ts'
import { parseModel } from './parse.ts'
import { modelFacts } from './rows.ts'
import type { ProviderManager } from './types.ts'

export type * from './types.ts'

/** The plugin `models`: one parser, one retry policy and one set of hooks for every provider. */
export default definePlugin<ModelsConfig>({
  setup(ctx) {
    const extensions = ctx.use('extensions')
    const points = pointsOf(ctx.use('hooks'))
    const hub: Hub = {
      catalog: new Catalog(extensions, ctx.config),
      config: ctx.config,
      extensions,
      points,
      permissions: ctx.find('permissions'),
      secrets: ctx.find('secrets'),
      recorder: ctx.find('recorder'),
      budgets: ctx.find('budgets'),
      line: new Line(ctx.config, points.breaker, now),
      logger: ctx.logger,
      env: process.env,
      random: Math.random,
    }
    for (const { name, reason } of hub.catalog.broken()) {
      ctx.logger.warn(`Provider '${name}' of the configuration cannot be used: ${reason}.`)
    }
    ctx.provide('models', managerOf(hub))
    ctx.contribute('script-modules', 'Provider', providerModule(hub))
  },
})

function managerOf(hub: Hub): ProviderManager {
  return {
    parse: (spec) => parseModel(spec, Object.keys(hub.config.base_urls)),
    resolve: (spec, context) => resolveIn(hub, spec, context),
    check: async (model, context) => void (await connectIn(hub, model, context)),
    list: () => listProviders(hub),
    info: async (spec) => modelFacts(hub, await resolveIn(hub, spec, undefined)),
    models: (filter, signal) => listModels(hub, filter, { signal }),
    status: (provider, signal) => serverRows(hub, provider, { signal }),
    pull: (spec, signal) => pullModel(hub, spec, { signal }),
  }
}

function pointsOf(hooks: HookRegistry): Points {
  return {
    route: hooks.point('llm.route'),
    request: hooks.point('llm.request'),
    chunk: hooks.point('llm.chunk'),
    response: hooks.point('llm.response'),
    error: hooks.point('llm.error'),
    done: hooks.point('llm.done'),
    breaker: hooks.point('llm.breaker'),
  }
}
