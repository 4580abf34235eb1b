import type { ScriptFunction, ScriptModule } from '../contracts/script-module.ts'
import { SpellError } from '../errors.ts'
import { REF } from '../values.ts'
import type { HandleRef, StreamRef, Value } from '../values.ts'
import type { EngineHostFunction } from './engine-host.ts'

const open: ScriptFunction = { doc: '', params: [{ name: 'value', schema: {} }], result: {} }
const plain: ScriptFunction = { doc: '', params: [] }

/** The module that the snippets of the engine suite use. */
export const PROBE: ScriptModule = {
  name: 'Probe',
  version: '1.0.0',
  doc: 'For the tests of an engine.',
  functions: {
    echo: open,
    later: open,
    list: { doc: '', params: [{ name: 'list', schema: { type: 'array' } }] },
    shapes: plain,
    bytes: plain,
    fail: plain,
    note: { ...open, kind: 'notify' },
    on: { doc: '', params: [{ name: 'fn', schema: { 'x-callback': {} } }] },
    open: { doc: '', params: [{ name: 'name', schema: { type: 'string' } }] },
    numbers: plain,
    wait: { doc: '', params: [{ name: 'ms', schema: { type: 'number' } }] },
    answer: { ...plain, result: { type: 'object', 'x-text': 'text' } },
    secret: { ...plain, hidden: true },
  },
  handles: {
    Door: {
      doc: '',
      fields: { name: { type: 'string' }, note: { type: 'string' } },
      methods: {
        knock: { doc: '', params: [{ name: 'times', schema: { type: 'integer' } }] },
        numbers: { ...plain, result: { 'x-stream': { type: 'integer' } } },
      },
      iterates: 'numbers',
    },
  },
  fields: { version: { type: 'string' } },
}

/** The host's side of `Probe`. */
export class ProbeHost {
  /** Ids of the callbacks that `Probe.on` got. */
  readonly callbacks: number[] = []
  /** Batches that were pulled from the stream. */
  pulls = 0
  cancelled = false
  /** Calls of `Probe.wait` that are waiting, now and at most. */
  waiting = 0
  most = 0

  readonly functions: Readonly<Record<string, EngineHostFunction>> = {
    'Probe.echo': ({ args }) => args[0],
    'Probe.later': async ({ args }) => args[0],
    'Probe.list': ({ args }) => (Array.isArray(args[0]) ? 'array' : 'object'),
    'Probe.shapes': () => ({ list: [], nulls: [null, 1], map: {} }),
    'Probe.bytes': () => Uint8Array.of(0, 255, 10),
    'Probe.fail': () => {
      throw new SpellError('PROBE_FAILED', "Probe 'x' failed.", {
        hint: 'Do not call it.',
        details: { deep: [1] },
      })
    },
    'Probe.on': ({ args }) => {
      this.callbacks.push((args[0] as unknown as { id: number }).id)
      return undefined
    },
    'Probe.open': ({ args }) => door(args[0] as string),
    'Probe.Door.knock': ({ handle, args }) => `${handle} heard ${args[0] as number}`,
    'Probe.Door.numbers': () => ({ [REF]: 'stream', id: 's1' }) satisfies StreamRef,
    'Probe.numbers': () => ({ [REF]: 'stream', id: 's1' }) satisfies StreamRef,
    'Probe.wait': ({ args }) => this.#wait(args[0] as number),
    'Probe.answer': () => ({ text: 'forty-two', data: { n: 42 } }),
    'Stream.next': async () => this.#pull(),
    'Stream.cancel': () => {
      this.cancelled = true
      return undefined
    },
  }

  #pull(): Value {
    this.pulls++
    const from = (this.pulls - 1) * 2
    return { chunks: [from + 1, from + 2], done: this.pulls >= 3 }
  }

  async #wait(ms: number): Promise<Value> {
    this.waiting++
    this.most = Math.max(this.most, this.waiting)
    await new Promise((resolve) => setTimeout(resolve, ms))
    this.waiting--
    return ms
  }
}

function door(name: string): Value {
  const ref: HandleRef = { [REF]: 'handle', type: 'Door', id: `door-${name}`, fields: { name } }
  return { ...ref }
}
