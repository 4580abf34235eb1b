import { setTimeout as sleep } from 'node:timers/promises'
import type { InlinePlugin } from '@llmspell/kernel'
import {
  definePlugin,
  SpellError,
  type CallContext,
  type HostCallback,
  type ScriptCall,
  type ScriptModule,
  type Value,
} from '@llmspell/sdk'

const any = { 'x-open': true }
const text = { type: 'string' }
const fn = { 'x-callback': {} }
const number = { type: 'number' }

const PROBE: ScriptModule = {
  name: 'Probe',
  version: '1.0.0',
  doc: 'What tests call.',
  functions: {
    echo: {
      doc: 'Gives a value back at once.',
      params: [{ name: 'value', schema: any, optional: true }],
    },
    later: {
      doc: 'Gives a value back after some ms.',
      params: [
        { name: 'value', schema: any, optional: true },
        { name: 'ms', schema: number },
      ],
    },
    fail: { doc: 'Fails with a code.', params: [{ name: 'code', schema: text }] },
    break_down: { doc: 'Throws what no plugin should.', params: [] },
    ask: {
      doc: 'Calls a function of the script and gives back what it gave.',
      params: [
        { name: 'fn', schema: fn },
        { name: 'value', schema: any, optional: true },
      ],
    },
    count: {
      doc: 'A stream of numbers.',
      params: [{ name: 'to', schema: number }],
      result: { 'x-stream': {} },
    },
    made: { doc: 'How many numbers the streams have made.', params: [], result: number },
    thing: {
      doc: 'A handle.',
      params: [{ name: 'name', schema: text }],
      result: { 'x-handle': 'Thing' },
    },
    strict: {
      doc: 'A closed table.',
      params: [
        {
          name: 'options',
          schema: {
            type: 'object',
            additionalProperties: false,
            required: ['name'],
            properties: { name: text, size: { type: 'integer', default: 3 } },
          },
        },
      ],
    },
  },
  handles: {
    Thing: {
      doc: 'A thing of the host.',
      fields: { name: text },
      methods: {
        rename: { doc: 'Its new name.', params: [{ name: 'name', schema: text }], result: text },
      },
    },
  },
}

/** What the probe saw, for assertions. */
export interface Seen {
  made: number
  calls: number
  contexts: CallContext[]
}

async function* numbers(to: number, seen: Seen): AsyncGenerator<Value> {
  for (let i = 1; i <= to; i++) {
    seen.made++
    yield { type: 'number', text: String(i), value: i }
    if (i % 16 === 0) await sleep(0)
  }
  yield { type: 'finish', text: '', value: 0, result: { total: to } }
}

/** A plugin whose script module lets a test do anything a handler can do. */
export function probePlugin(): { readonly plugin: InlinePlugin; readonly seen: Seen } {
  const seen: Seen = { made: 0, calls: 0, contexts: [] }
  const plugin = definePlugin({
    setup(ctx) {
      ctx.contribute('script-modules', 'Probe', {
        functions: {
          echo: ({ args: [value] }: ScriptCall<[Value?]>) => {
            seen.calls++
            return value
          },
          later: ({ args: [value, ms], context }: ScriptCall<[Value | undefined, number]>) => {
            seen.contexts.push(context)
            return sleep(ms, value, { signal: context.signal })
          },
          fail: ({ args: [code] }: ScriptCall<[string]>) => {
            throw new SpellError(code, `The probe failed with '${code}'.`, {
              hint: 'Expect it.',
              details: { n: 1 },
            })
          },
          break_down: () => {
            throw new TypeError('/home/secret/path: key sk-12345')
          },
          ask: ({ args: [ask, value] }: ScriptCall<[HostCallback, Value?]>) => ask(value ?? null),
          count: ({ args: [to], context }: ScriptCall<[number]>) =>
            context.stream(numbers(to, seen)),
          made: () => seen.made,
          thing: ({ args: [name], context }: ScriptCall<[string]>) =>
            context.handle('Thing', { name }, { name }),
          'Thing.rename': ({ self, args: [name] }: ScriptCall<[string]>) => {
            const before = (self as { name: string }).name
            ;(self as { name: string }).name = name
            return `${before} is ${name}`
          },
          strict: ({ args: [options] }: ScriptCall<[Value]>) => options,
        },
      })
    },
  })
  const item = { name: 'Probe', doc: PROBE.doc, module: PROBE }
  return {
    seen,
    plugin: {
      manifest: {
        manifest: 1,
        id: 'probe',
        main: './probe.js',
        phase: 'core',
        contributes: { 'script-modules': [item] },
      },
      plugin,
    },
  }
}
