import type { Job } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ThreadPool } from './pool.ts'

const main = new URL('./thread-main.ts', import.meta.url)
const module = new URL('../testing/work.js', import.meta.url)
const MIB = 1024 * 1024
let pool: ThreadPool

beforeEach(() => {
  pool = new ThreadPool(main)
})
afterEach(() => pool.close())

function run<T>(name: string, args: readonly unknown[] = [], more: Partial<Job> = {}): Promise<T> {
  return pool.run<T>({ module, function: name, args, subject: "Tool 'test'", ...more })
}

test('a function runs in a thread of its own and the thread is kept', async () => {
  expect(await run('add', [2, 3])).toBe(5)
  expect(await run('count')).toBe(1)
  expect(await run('count')).toBe(2)
  expect(pool.size).toBe(1)
})

test('a module named as it is built is found beside its source', async () => {
  expect(module.pathname.endsWith('.js')).toBe(true)
  expect(await run('add', [1, 1])).toBe(2)
})

test('the thread has no environment, no flags and no input', async () => {
  process.env['SANDBOX_CANARY'] = 'canary'
  const found = await run<{ env: object; flags: string[]; input: boolean }>('surroundings')
  expect(found.env).toEqual({})
  expect(found.flags).toEqual(['--conditions=@llmspell/source'])
  expect(found.input).toBe(true)
  delete process.env['SANDBOX_CANARY']
})

describe('limits', () => {
  test.each([
    ['spin', { timeoutMs: 300 }, 'TIMEOUT'],
    ['later', { timeoutMs: 300 }, 'TIMEOUT'],
    ['hoard', { memoryBytes: 32 * MIB }, 'MEMORY_LIMIT'],
    ['hoardOutside', { memoryBytes: 32 * MIB }, 'MEMORY_LIMIT'],
    ['hoardOutsideInPlace', { memoryBytes: 32 * MIB }, 'MEMORY_LIMIT'],
  ])('%s %j → %s', async (name, limits, code) => {
    const work = run(name, [60_000], limits)
    await expect(work).rejects.toMatchObject({
      code,
      message: expect.stringContaining("Tool 'test'"),
    })
    expect(await run('add', [1, 2])).toBe(3)
  })

  test('the signal ends it, while it works and while it waits', async () => {
    const stop = new AbortController()
    const signal = stop.signal
    const all = [1, 2, 3].map(() => run('spin', [], { signal }))
    setTimeout(() => stop.abort(new Error('enough')), 200)
    for (const work of all) await expect(work).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(run('add', [1, 2], { signal })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await run('add', [1, 2])).toBe(3)
  })
})

describe('failures', () => {
  test('an error with a code keeps all it says', async () => {
    await expect(run('coded')).rejects.toMatchObject({
      code: 'WORD_WRONG',
      message: "The word 'x' is wrong.",
      hint: 'Say y.',
      details: { at: 3 },
    })
  })

  test('any other error is what was thrown', async () => {
    await expect(run('plain')).rejects.toMatchObject({ name: 'RangeError', message: 'too far' })
    await expect(run('none')).rejects.toMatchObject({ name: 'TypeError' })
    await expect(run('toString')).rejects.toMatchObject({ name: 'TypeError' })
    await expect(run('uncopied')).rejects.toMatchObject({ name: 'DataCloneError' })
    await expect(run('add', [() => 1])).rejects.toMatchObject({ name: 'DataCloneError' })
    expect(pool.size).toBe(1)
  })

  test.each(['exit', 'breakLater'])('a thread that breaks is one failure: %s', async (name) => {
    await expect(run(name)).rejects.toMatchObject({ code: 'THREAD_FAILED' })
    expect(await run('add', [1, 2])).toBe(3)
  })

  test('a module that cannot be loaded is one too', async () => {
    const lost = new URL('../testing/no-such.js', import.meta.url)
    await expect(run('add', [], { module: lost })).rejects.toMatchObject({ code: 'THREAD_FAILED' })
  })
})

describe('the pool', () => {
  test('has two threads of a module and four in all; more wait in order', async () => {
    const started = performance.now()
    const jobs = Array.from({ length: 12 }, (_, i) => {
      const own = new URL(`?${i % 3}`, module.href.replace('.js', '.ts'))
      return run('later', [30], { module: own })
    })
    const sizes = new Set<number>()
    const watch = setInterval(() => sizes.add(pool.size), 2)
    expect(await Promise.all(jobs)).toEqual(jobs.map(() => 'later'))
    clearInterval(watch)
    expect(Math.max(...sizes)).toBe(4)
    expect(performance.now() - started).toBeGreaterThan(90)
  })

  test('lets an idle thread go', async () => {
    const short = new ThreadPool(main, 50)
    await short.run({ module, function: 'count', args: [], subject: 'It' })
    expect(short.size).toBe(1)
    await expect.poll(() => short.size).toBe(0)
    await short.close()
  })

  test('ends everything when it closes', async () => {
    const works = ['spin', 'spin', 'spin'].map((name) => run(name))
    const outcomes = Promise.allSettled(works)
    await pool.close()
    for (const { status } of await outcomes) expect(status).toBe('rejected')
    await expect(run('add', [1, 2])).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(pool.size).toBe(0)
  })
})
