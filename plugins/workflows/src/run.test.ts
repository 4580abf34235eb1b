import { cancel } from '@llmspell/sdk'
import { describe, expect, it, vi } from 'vitest'
import type { Points } from './house.ts'
import { execute, fakeHouse, make } from './testing/fake-house.ts'
import { FakeContext } from './testing/fake-context.ts'
import { runWorkflow } from './run.ts'

const tool = (name: string, more: object = {}) => ({ name, tool: 'work', input: {}, ...more })
const answer = { result: 1, text: '1' }

describe('calls of a workflow', () => {
  it('carry the name of their lane where others run beside, and only there', async () => {
    const run = new FakeContext(async () => answer)
    await execute(run, { name: 's', type: 'sequential', steps: [tool('a'), tool('b')] })
    await execute(run, {
      name: 'p',
      type: 'parallel',
      steps: [tool('a'), { name: 'g', steps: [tool('x')] }],
    })
    const loop = { name: 'l', type: 'loop', range: { to: 2 }, steps: [tool('a')] }
    await execute(run, { ...loop, max_concurrency: 2 })
    await execute(run, { name: 't', type: 'stream', source: [1], steps: [tool('a'), tool('b')] })
    const branches = run.asked.map(({ options }) => options.branch)
    expect(branches).toEqual([undefined, undefined, 'a', 'g', '[1]', '[2]', 'a', 'b'])
  })

  it('are told to end with their step, their workflow and their run', async () => {
    const signals: AbortSignal[] = []
    const run = new FakeContext(({ options }) => {
      signals.push(options.signal!)
      return new Promise(() => {})
    })
    const slow = { name: 's', type: 'sequential', steps: [tool('a', { timeout: 10 })] }
    await expect(execute(run, slow)).rejects.toMatchObject({
      details: { step: 'a', error: { code: 'TIMEOUT' } },
    })
    const workflow = make(run, { name: 'c', type: 'sequential', steps: [tool('a')] })
    const ended = runWorkflow(workflow, {
      house: fakeHouse(['work']),
      context: run.context,
      input: null,
    })
    await vi.waitFor(() => expect(signals).toHaveLength(2))
    workflow.cancel()
    await expect(ended).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(workflow.status).toBe('failed')
  })

  it('of losers are ended when enough have ended well', async () => {
    const left: string[] = []
    const run = new FakeContext(({ options }) => {
      if (options.branch === 'fast') return Promise.resolve(answer)
      return new Promise((_, reject) => {
        options.signal!.addEventListener('abort', () => {
          left.push(options.branch!)
          reject(options.signal!.reason as Error)
        })
      })
    })
    const steps = [tool('slow'), tool('fast'), tool('slower')]
    const result = await execute(run, { name: 'r', type: 'parallel', wait_for: 'race', steps })
    expect(result).toMatchObject({ success: true, result: { fast: 1 } })
    expect(left).toEqual(['slow', 'slower'])
    expect(result.steps.map(({ name, status }) => [name, status])).toContainEqual([
      'slow',
      'skipped',
    ])
  })

  it('wait while the workflow is held, and go on afterwards', async () => {
    const run = new FakeContext(async () => answer)
    const workflow = make(run, { name: 's', type: 'sequential', steps: [tool('a')] })
    workflow.gate.close()
    const ended = runWorkflow(workflow, {
      house: fakeHouse(['work']),
      context: run.context,
      input: null,
    })
    await new Promise(setImmediate)
    expect([run.asked.length, workflow.status]).toEqual([0, 'paused'])
    workflow.gate.open()
    await expect(ended).resolves.toMatchObject({ success: true })
  })
})

describe('hook points', () => {
  it('are told of each step and of the end', async () => {
    const told: unknown[] = []
    const point = (name: string) => ({
      used: true,
      call: async (payload: { step?: string; status?: string }) => {
        told.push([name, payload.step ?? '', payload.status ?? ''])
        return { data: payload, changed: false }
      },
    })
    const names = ['start', 'step', 'output', 'error', 'stepDone', 'checkpoint', 'rollback', 'done']
    const points = Object.fromEntries(names.map((name) => [name, point(name)])) as unknown as Points
    const run = new FakeContext(async ({ args }) => {
      if ((args[1] as { bad?: boolean }).bad) throw new Error('bad')
      return answer
    })
    const steps = [
      tool('a', { compensate: { tool: 'work', input: {} } }),
      tool('b', { input: { bad: true } }),
    ]
    const failing = execute(
      run,
      { name: 's', type: 'sequential', steps },
      null,
      fakeHouse(['work'], points),
    )
    await expect(failing).rejects.toMatchObject({ code: 'WORKFLOW_FAILED' })
    expect(told).toEqual([
      ['start', '', ''],
      ['step', 'a', ''],
      ['output', 'a', ''],
      ['stepDone', 'a', 'completed'],
      ['checkpoint', 'a', ''],
      ['step', 'b', ''],
      ['error', 'b', ''],
      ['stepDone', 'b', 'failed'],
      ['checkpoint', 'b', ''],
      ['rollback', 'a', 'completed'],
      ['done', '', 'failed'],
    ])
  })

  it('may refuse a step, which is then not tried again', async () => {
    const verdict = { ...cancel('not today'), by: 'tester' }
    const step = { used: true, call: async () => ({ data: {}, changed: false, verdict }) }
    const points = { step } as unknown as Partial<Points>
    const run = new FakeContext(async () => answer)
    const definition = {
      name: 's',
      type: 'sequential',
      error_strategy: 'retry',
      steps: [tool('a')],
    }
    const refused = execute(run, definition, null, fakeHouse(['work'], points))
    await expect(refused).rejects.toMatchObject({ details: { error: { code: 'HOOK_CANCELLED' } } })
    expect(run.asked).toEqual([])
  })
})

describe('a result', () => {
  it('keeps outputs once where they are large', async () => {
    const large = 'x'.repeat(200 * 1024)
    const run = new FakeContext(async () => ({ result: large, text: large }))
    const { outputs, data, steps, metadata } = await execute(run, {
      name: 's',
      type: 'sequential',
      steps: [tool('a')],
    })
    expect(outputs['a']).toBe(large)
    expect([data, steps[0]!.output, metadata.extra.shortened]).toEqual([{}, null, true])
  })

  it('counts tokens and money of what it called', async () => {
    const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 }
    const run = new FakeContext(async () => ({
      ...answer,
      metadata: { usage, cost: 0.5, untrusted: true },
    }))
    const { metadata } = await execute(run, {
      name: 's',
      type: 'sequential',
      steps: [tool('a'), tool('b')],
    })
    expect(metadata).toMatchObject({ token_count: 14, cost: 1, untrusted: true })
  })
})
