import { isSpellError } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import type { RateLimit } from './generated/config.ts'
import { Limiter } from './limiter.ts'
import { ruleOf } from './rules.ts'
import type { Called } from './rules.ts'

const live = new AbortController().signal

const limiterOf = (...rows: RateLimit[]): Limiter =>
  new Limiter('hook-rate-limit', rows.map(ruleOf))

/** `passed`, or why not. */
async function tried(limiter: Limiter, called: Called, signal = live): Promise<string> {
  try {
    await limiter.pass(called, signal)
    return 'passed'
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'RATE_LIMITED') throw error
    const { reason, retry_after_ms } = error.details as { reason: string; retry_after_ms: number }
    return retry_after_ms > 0 ? reason : 'no wait'
  }
}

const several = (limiter: Limiter, calls: readonly Called[]): Promise<string[]> =>
  Promise.all(calls.map((called) => tried(limiter, called)))

describe('a limiter', () => {
  const refuse = { limit: 1, interval: '1h', on_limit: 'refuse' } as const

  test.each<[string, RateLimit, readonly Called[], readonly string[]]>([
    [
      'limits the tools of a pattern together',
      { ...refuse, tool: 'web-*' },
      [
        { run: 'r', tool: 'web-a' },
        { run: 's', tool: 'web-b' },
        { run: 'r', tool: 'calculator' },
      ],
      ['passed', 'limit', 'passed'],
    ],
    [
      'limits each tool for itself',
      { ...refuse, tool: 'web-*', per: ['tool'] },
      [
        { run: 'r', tool: 'web-a' },
        { run: 's', tool: 'web-b' },
        { run: 'r', tool: 'web-a' },
      ],
      ['passed', 'passed', 'limit'],
    ],
    [
      'limits each run for itself',
      { ...refuse, model: 'openai/*', per: ['run'] },
      ['r', 's', 'r'].map((run) => ({ run, model: 'openai/gpt-4o' })),
      ['passed', 'passed', 'limit'],
    ],
    [
      'limits a provider',
      { ...refuse, provider: 'openai' },
      ['openai/a', 'mock/demo', 'openai/b'].map((model) => ({ run: 'r', model })),
      ['passed', 'passed', 'limit'],
    ],
    [
      'limits an agent, and not the script',
      { ...refuse, agent: 'po*' },
      ['poet', undefined, 'poet'].map((agent) => ({
        run: 'r',
        tool: 't',
        ...(agent && { agent }),
      })),
      ['passed', 'passed', 'limit'],
    ],
    [
      'lets as many at once as it may burst',
      { ...refuse, burst: 3 },
      Array.from({ length: 5 }, () => ({ run: 'r', tool: 't' })),
      ['passed', 'passed', 'passed', 'limit', 'limit'],
    ],
    [
      'refuses what its queue has no room for',
      { limit: 1, interval: 50, max_queue: 1 },
      Array.from({ length: 3 }, () => ({ run: 'r', tool: 't' })),
      ['passed', 'passed', 'queue'],
    ],
    [
      'refuses a wait that is too long',
      { limit: 1, interval: '1h', max_wait: '1m' },
      Array.from({ length: 2 }, () => ({ run: 'r', tool: 't' })),
      ['passed', 'wait'],
    ],
  ])('%s', async (_name, row, calls, expected) => {
    expect(await several(limiterOf(row), calls)).toEqual(expected)
  })

  test('lets runs take turns', async () => {
    const limiter = limiterOf({ limit: 1, interval: 20 })
    const order: string[] = []
    const runs = ['a', 'a', 'a', 'a', 'b', 'c']
    await Promise.all(
      runs.map((run) => limiter.pass({ run, tool: 't' }, live).then(() => order.push(run))),
    )
    expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'a'])
    expect(limiter.stats()).toMatchObject([{ passed: 6, waited: 5, refused: 0 }])
  })

  test('does not keep a call waiting that is cancelled, nor its place', async () => {
    const limiter = limiterOf({ limit: 1, interval: '1m', max_queue: 1, max_wait: '2m' })
    const stop = new AbortController()
    await tried(limiter, { run: 'r', tool: 't' })
    const waiting = tried(limiter, { run: 'r', tool: 't' }, stop.signal)
    expect(await tried(limiter, { run: 'r', tool: 't' })).toBe('queue')
    stop.abort()
    // The run is over: its call fails by itself.
    expect(await waiting).toBe('passed')
    const other = new AbortController()
    const next = tried(limiter, { run: 's', tool: 't' }, other.signal)
    other.abort()
    await next
    expect(limiter.stats()).toMatchObject([{ passed: 1, refused: 3 }])
  })

  test('gives back what one row gave where another refuses', async () => {
    const hour = { limit: 2, interval: '1h', on_limit: 'refuse' } as const
    const limiter = limiterOf({ ...hour }, { ...hour, limit: 1, tool: 'a' })
    const came: string[] = []
    for (const tool of ['a', 'a', 'a', 'b', 'b'])
      came.push(await tried(limiter, { run: 'r', tool }))
    expect(came).toEqual(['passed', 'limit', 'limit', 'passed', 'limit'])
  })
})
