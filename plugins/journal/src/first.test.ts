import { expect, test } from 'vitest'
import type { ExecutorHost, Json, RunContext } from '@llmspell/sdk'
import { EmbeddedExecutor } from './executor.ts'
import { memoryBackend } from './testing/memory-backend.ts'
import './types.ts'

const def = { name: 't', hash: 'x', engine: 'native' } as const
const logger = { trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error }
async function open(
  run: (c: RunContext, i: Json) => Promise<Json>,
  backend = memoryBackend(),
  rec: any = async () => {},
) {
  const ex = new EmbeddedExecutor(async () => backend, {
    patienceMs: 1000,
    flushMs: 20,
    retentionMs: 1e9,
  })
  const host: ExecutorHost = { runDefinition: (_d, c, i) => run(c, i), invokeRecorded: rec, logger }
  await ex.start(host, { signal: new AbortController().signal, recover: false })
  return { ex, backend }
}
test('runs, records, replays', async () => {
  const log: string[] = []
  const code = async (c: RunContext) => {
    const a = await c.step(
      'a',
      async () => {
        log.push('a')
        return 1
      },
      { effect: 'pure' },
    )
    const [b, d] = await Promise.all([
      c.compose(
        'b',
        async (i) => {
          const x = await i.step('x', async () => {
            log.push('x')
            return 2
          })
          return x + 1
        },
        { branch: 'l' },
      ),
      c.step(
        'd',
        async (s) => {
          await s.chunk('hey')
          log.push('d')
          return 'dd'
        },
        { effect: 'idempotent', onChunk: (x) => void log.push(`c${x}`) },
      ),
    ])
    const n = await c.mark('here', { a })
    const e = await c.enter(7, [1], async () => c.step('in', async () => 5))
    return { a, b, d, n, e, r: c.random(), t: c.now(), u: c.uuid() }
  }
  const { ex } = await open(code)
  await ex.submit({ runId: 'r', definition: def, input: 1 })
  const out = await ex.result('r')
  void (JSON.stringify(out), log)
  expect(out.status).toBe('succeeded')
  const before = log.length
  const report = await ex.replay('r')

  expect(report.difference).toBe(undefined)
  expect(report.identical).toBe(true)
  expect(log.slice(before)).toEqual(['chey'])
  expect(report.outcome).toEqual(out)
})
test('killed after every record', async () => {
  const code = async (c: RunContext) => {
    const [a, b] = await Promise.all([
      c.step('a', async () => 1),
      c.compose('z', async (i) => i.step('b', async () => 2, { effect: 'pure' })),
    ])
    return a + b
  }
  for (let k = 1; k < 6; k++) {
    const { ex, backend } = await open(code)
    await ex.submit({ runId: 'r', definition: def, input: 1 })
    await ex.result('r')
    for (const key of [...backend.data.keys()]) {
      const m = /run.r.000000\/(\d+)$/.exec(key)
      if (m && Number(m[1]) >= k) backend.data.delete(key)
    }
    const row = backend.data.get('local\0plugin\0journal\0run/r')
    row.row.status = 'running'
    const two = await open(code, backend)
    await two.ex.resume('r', { onUnknown: 'retry' })
    const out = await two.ex.result('r')
    expect([k, out]).toEqual([k, { status: 'succeeded', value: 3 }])
    expect((await two.ex.replay('r')).identical).toBe(true)
  }
})
test('mismatch pauses', async () => {
  const { ex, backend } = await open(async (c) => {
    await c.step('a', async () => 1)
    await c.mark('m')
    await new Promise(() => {})
    return 1
  })
  await ex.submit({ runId: 'r', definition: def, input: 1 })
  expect((await ex.result('r', { timeoutMs: 100 })).status).toBe('pending')
  await ex.suspend('r')
  const two = await open(async (c) => {
    await c.step('b', async () => 1)
    return 1
  }, backend)
  await two.ex.resume('r')
  const out: any = await two.ex.result('r')
  expect(out.run).toMatchObject({ status: 'paused', reason: { code: 'REPLAY_MISMATCH' } })
})
