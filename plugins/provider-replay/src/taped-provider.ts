import type { CallContext, LiveModel, ModelChunk, Provider, TapedModel } from '@llmspell/sdk'
import type { Verb } from './cassette.ts'
import type { Reel } from './reel.ts'
import { TapedCalls } from './taped-calls.ts'
import type { Real } from './taped-calls.ts'

/** A model of a run behind a reel. What its provider cannot do beside answering, it cannot either. */
export function tapedProvider(
  reel: Reel,
  model: TapedModel,
  live: () => Promise<LiveModel>,
  context: CallContext,
): Provider {
  const calls = new TapedCalls(reel, model, live, context)
  const has = (verb: Verb): boolean =>
    model.verbs.includes(verb) || reel.deck.has(verb, model.provider)
  return {
    generate: async (_, request, options) => {
      const real: Real = async function* ({ provider, settings }, own) {
        yield* await provider.generate(settings, request, own)
      }
      const chunks = calls.answer({ call: 'generate', request }, options, real)
      return (await Array.fromAsync(chunks)) as readonly ModelChunk[]
    },
    stream: (_, request, options) =>
      calls.answer({ call: 'stream', request }, options, ({ provider, settings }, own) =>
        provider.stream(settings, request, own),
      ) as AsyncIterable<ModelChunk>,
    ...(has('models') && {
      models: (_, options) =>
        calls.whole({ call: 'models' }, options, ({ provider, settings }, own) =>
          provider.models!(settings, own),
        ),
    }),
    ...(has('status') && {
      status: (_, options) =>
        calls.whole({ call: 'status' }, options, ({ provider, settings }, own) =>
          provider.status!(settings, own),
        ),
    }),
    ...(has('embed') && {
      embed: (_, texts, options) =>
        calls.whole({ call: 'embed', texts }, options, ({ provider, settings }, own) =>
          provider.embed!(settings, texts, own),
        ),
    }),
    ...(has('pull') && {
      pull: (_, options) =>
        calls.answer({ call: 'pull' }, options, ({ provider, settings }, own) =>
          provider.pull!(settings, own),
        ) as ReturnType<NonNullable<Provider['pull']>>,
    }),
  }
}
