import type { Retries } from '@llmspell/hook-retry'
import { SpellError } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { calls, LANGUAGES, openLab, type Opened } from './b-lab.ts'

const fast = { delay: 1, jitter: false }
const open = (...rules: object[]): Promise<Opened> =>
  openLab('hook-retry', { enabled: true, rules: rules.map((rule) => ({ ...fast, ...rule })) })
const statsOf = async (opened: Opened) => (await opened.use<Retries>('retries')).stats()

const broken = (kind: string, more: object = {}): SpellError =>
  new SpellError('PROVIDER_FAILED', `Broken: ${kind}.`, {
    details: { provider: 'lab', kind, retryable: true, ...more } as never,
  })

describe.each(LANGUAGES)('a failed call in %s', (language) => {
  const flaky = (tool: string, fails: number, code = 'TIMEOUT'): string =>
    `return ${calls(tool, { fails, code })[language]}.result`

  test('is made again until it goes well', async () => {
    await using opened = await open({ tool: 'cou*' })
    expect(await opened.run(language, flaky('count', 2))).toBe(3)
    expect(await statsOf(opened)).toEqual([{ name: "tool 'cou*'", asked: 2, gaveUp: 0 }])
  })

  test('says in its result how often', async () => {
    await using opened = await open({})
    const source = `return ${calls('count', { fails: 1 })[language]}.metadata.attempts`
    expect(await opened.run(language, source)).toBe(2)
  })

  test('fails when its tries are used', async () => {
    await using opened = await open({ max_attempts: 2 })
    expect(await opened.run(language, flaky('count', 9))).toBe('TIMEOUT')
    expect(opened.lab.count('count')).toBe(2)
    expect(await statsOf(opened)).toMatchObject([{ asked: 1, gaveUp: 1 }])
  })

  test('fails at once where it will not pass', async () => {
    await using opened = await open({})
    expect(await opened.run(language, flaky('count', 9, 'INPUT_INVALID'))).toBe('INPUT_INVALID')
    expect(opened.lab.count('count')).toBe(1)
  })

  test('is not made again where that could do a thing twice, unless a row says so', async () => {
    await using all = await open({})
    await using listed = await open({ tool: 'change', unsafe: true })
    expect(await all.run(language, flaky('change', 1))).toBe('TIMEOUT')
    expect(await listed.run(language, flaky('change', 1))).toBe(2)
    expect([all.lab.count('change'), listed.lab.count('change')]).toEqual([1, 2])
  })
})

describe('a failed question', () => {
  const ASK = 'return Agent.create{ name = "a", model = "lab/m" }:execute("q").text'

  test('is asked again where the failure may pass', async () => {
    await using opened = await open({ model: 'lab/*' })
    opened.lab.failures.push(broken('server'), broken('rate', { retry_after_ms: 20 }))
    expect(await opened.run('lua', ASK)).toBe('answer 3')
    expect(await statsOf(opened)).toMatchObject([{ asked: 2 }])
  })

  test.each(['auth', 'quota', 'context', 'safety'])('is not asked again after %s', async (kind) => {
    await using opened = await open({ model: 'lab/*' })
    opened.lab.failures.push(broken(kind))
    expect(await opened.run('lua', ASK)).toBe('PROVIDER_FAILED')
  })

  test('is asked again after a kind that a row lists, and no other', async () => {
    await using opened = await open({ kinds: ['malformed'] })
    opened.lab.failures.push(broken('malformed'), broken('server'))
    expect(await opened.run('lua', ASK)).toBe('PROVIDER_FAILED')
    expect(opened.lab.requests.length).toBe(2)
  })

  test('is not asked again where the server asks for too long a wait', async () => {
    await using opened = await open({ max_delay: '1s' })
    opened.lab.failures.push(broken('rate', { retry_after_ms: 5000 }))
    expect(await opened.run('lua', ASK)).toBe('PROVIDER_FAILED')
    expect(await statsOf(opened)).toMatchObject([{ asked: 0, gaveUp: 1 }])
  })

  test('waits no longer than its run', async () => {
    await using opened = await open({ delay: '1m', max_delay: '1m' })
    opened.lab.failures.push(broken('server'))
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 200)
    expect(await opened.run('lua', ASK, { signal: stop.signal })).toBe('CANCELLED')
  })
})
