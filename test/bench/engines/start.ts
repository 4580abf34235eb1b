// In a process of its own: ms to the end of the first script of an engine, its code loaded from disk, and of the next.
import { join } from 'node:path'
import type { ScriptEngine } from '@llmspell/sdk'
import { ROOT } from '../../support/root.ts'
import { LIBRARIES } from './raw.ts'
import type { Work } from './work.ts'

const [engineName = '', plugin = ''] = process.argv.slice(2)
const one: Work = { name: 'one', lua: 'return 1', javascript: 'return 1', value: 1 }

async function raw(): Promise<void> {
  const state = await LIBRARIES[engineName]!.open()
  if ((await state.run(one)) !== 1) throw new Error('expected 1')
  state.close()
}

async function ours(): Promise<void> {
  const file = join(ROOT, 'plugins', plugin, 'dist', 'index.js')
  const { engine } = (await import(file)) as { engine: ScriptEngine }
  const session = await engine.open({
    facts: { runId: 'r', script: 'a', args: [], seed: 's', startedAt: Date.now() },
    limits: { memoryBytes: 64 * 1024 * 1024 },
    modules: ['Run', 'JSON', 'Log', 'Stream'],
    describe: () => ({ name: 'Run', version: '1.0.0', doc: '', functions: {} }),
    locals: {},
    field: () => undefined,
    call: () => ({ ok: true, value: null }),
    callInPlace: () => ({ ok: true, value: null }),
    notify: () => {},
    write: () => {},
    enter: (fn) => fn(),
  })
  if ((await session.run({ source: 'return 1', file: 'a.x' })) !== 1) throw new Error('expected 1')
  await session.close()
}

async function ms(start: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await start()
  return performance.now() - started
}

const start = plugin === '' ? raw : ours
const first = await ms(start)
let next = Infinity
for (let i = 0; i < 10; i++) next = Math.min(next, await ms(start))
process.stdout.write(JSON.stringify({ first, next }))
