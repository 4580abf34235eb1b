import type { InlinePlugin } from '@llmspell/kernel'
import {
  definePlugin,
  SpellError,
  type CallContext,
  type ScriptCall,
  type Value,
} from '@llmspell/sdk'
import type { Hands } from './hands.ts'

const text = { type: 'string' }
const named = { params: [{ name: 'name', schema: text }], result: text }

const MODULE = {
  name: 'Crash',
  version: '1.0.0',
  doc: 'What is done to the world, by effect.',
  functions: {
    twice: {
      doc: 'Twice a number.',
      effect: 'pure',
      params: [{ name: 'value', schema: { type: 'number' } }],
      result: { type: 'number' },
    },
    once: { doc: 'Does a thing under a key.', effect: 'composed', ...named },
    send: { doc: 'Does a thing.', effect: 'unsafe', ...named },
    note: { doc: 'Appends a line to the file.', effect: 'unsafe', ...named },
    refuse: { doc: 'Fails.', effect: 'pure', params: [{ name: 'reason', schema: text }] },
  },
} as const

const SEND = {
  name: 'send',
  description: 'Does a thing that must not be done twice.',
  category: 'test',
  effect: 'unsafe',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { name: { type: 'string', description: 'What to do.' } },
  },
} as const

/** A script module and a tool that act on the world outside. */
export function crashPlugin(hands: Hands): InlinePlugin {
  const once = ({ args: [name], context }: ScriptCall<[string]>): Promise<string> =>
    step(context, name, (key) => hands.ask(name, key))
  return {
    manifest: {
      manifest: 1,
      id: 'crash',
      main: './crash.js',
      phase: 'core',
      contributes: {
        'script-modules': [{ name: 'Crash', doc: MODULE.doc, module: MODULE }],
        tools: [SEND],
      },
    },
    plugin: definePlugin({
      setup(ctx) {
        ctx.contribute('script-modules', 'Crash', {
          functions: {
            twice: ({ args: [value] }: ScriptCall<[number]>) => 2 * value,
            once,
            send: ({ args: [name] }: ScriptCall<[string]>) => hands.ask(name),
            note: ({ args: [name] }: ScriptCall<[string]>) => hands.note(name),
            refuse: ({ args: [reason] }: ScriptCall<[string]>) => {
              throw new SpellError('REFUSED', `It was refused: ${reason}.`)
            },
          },
        })
        ctx.contribute('tools', 'send', {
          execute: async ({ name }: { readonly name: string }) => ({
            result: await hands.ask(name),
          }),
        })
      },
    }),
  }
}

function step(
  context: CallContext,
  name: string,
  act: (key: string) => Promise<string>,
): Promise<string> {
  const options = { effect: 'idempotent', args: { name } as Value } as const
  return context.step('once', (_inner, { idempotencyKey }) => act(idempotencyKey), options)
}
