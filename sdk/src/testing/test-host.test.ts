import { describe, expect, test } from 'vitest'
import type { Manifest } from '../manifest.ts'
import { definePlugin, type PluginContext } from '../plugin.ts'
import { testHost } from './test-host.ts'

interface Greeter {
  greet(): string
}
declare module '../services.ts' {
  interface Services {
    'test.greeter': Greeter
  }
}
declare module '../extensions.ts' {
  interface Extensions {
    'test.words': string
  }
}
declare module '../hooks.ts' {
  interface Hooks {
    'test.guard': import('../hooks.ts').Guard<{ readonly word: string }>
    'test.change': import('../hooks.ts').Transform<string>
  }
}

const manifest: Manifest = {
  manifest: 1,
  id: 'sample',
  main: './index.js',
  phase: 'core',
  provides: { 'test.greeter': '1.0.0' },
  requires: { extensions: '^1' },
  contributes: {
    'test.words': [{ name: 'hello' }],
    hooks: ['test.guard'],
    hookPoints: [{ name: 'test.change', kind: 'transform', doc: 'x' }],
  },
}

const register = (ctx: PluginContext): void => {
  ctx.provide('test.greeter', { greet: () => 'hello' })
  ctx.contribute('test.words', 'hello', 'world')
  ctx.tap('test.guard', ({ word }) =>
    word === 'bad' ? { denied: true, reason: 'bad word' } : undefined,
  )
}
const plugin = (setup: (ctx: PluginContext) => void | Promise<void>) => definePlugin({ setup })
const options = { manifest, hooks: { 'test.guard': 'guard' } } as const

describe('a plugin in a test host', () => {
  test('gives its services and contributions', async () => {
    await using host = await testHost(plugin(register), options)
    expect(host.service('test.greeter').greet()).toBe('hello')
    expect(host.contribution('test.words', 'hello')).toBe('world')
    expect(host.extensions.list('test.words').map(({ name }) => name)).toEqual(['hello'])
  })

  test('has its taps called', async () => {
    await using host = await testHost(plugin(register), options)
    expect(await host.call('test.guard', { word: 'bad' })).toMatchObject({ reason: 'bad word' })
    expect(await host.call('test.guard', { word: 'good' })).toBeUndefined()
    expect(await host.call('test.change', 'same')).toBe('same')
  })

  test('gets config, and writes to the log', async () => {
    const wordy = definePlugin<{ word: string }>({
      setup(ctx) {
        register(ctx as PluginContext)
        ctx.logger.info(ctx.config.word)
      },
    })
    await using host = await testHost(wordy, { ...options, config: { word: 'x' } })
    expect(host.log).toEqual([{ level: 'info', message: 'x', data: undefined }])
  })

  test('must register all that its manifest lists', async () => {
    const lazy = plugin((ctx) => ctx.provide('test.greeter', { greet: () => '' }))
    await expect(testHost(lazy, options)).rejects.toThrow('test.guard, test.words/hello')
  })

  test('may use only what its manifest names', async () => {
    const greedy = plugin((ctx) => void ctx.use('schemas'))
    await expect(testHost(greedy, options)).rejects.toMatchObject({ code: 'SERVICE_UNDECLARED' })
    const loud = plugin((ctx) => ctx.contribute('test.words', 'bye', 'x'))
    await expect(testHost(loud, options)).rejects.toMatchObject({ code: 'CONTRIBUTION_UNDECLARED' })
    const nosy = plugin((ctx) => ctx.tap('test.change', () => 'x'))
    await expect(testHost(nosy, options)).rejects.toMatchObject({ code: 'HOOK_UNDECLARED' })
  })

  test('gets the services that the test passes', async () => {
    const needy = plugin((ctx) => {
      register(ctx)
      expect(ctx.use('extensions').find('test.words', 'hello')).toBeDefined()
    })
    await (await testHost(needy, options)).dispose()
  })

  test('undoes in reverse order after its signal', async () => {
    const steps: string[] = []
    const host = await testHost(
      plugin((ctx) => {
        register(ctx)
        ctx.signal.addEventListener('abort', () => steps.push('signal'))
        ctx.defer(() => void steps.push('first'))
        ctx.defer(async () => void steps.push('second'))
      }),
      options,
    )
    await host.dispose()
    expect(steps).toEqual(['signal', 'second', 'first'])
    expect(() => host.service('test.greeter')).toThrow('does not provide')
  })

  test('is found out when it leaves a timer', async () => {
    let timer: NodeJS.Timeout | undefined
    const leaky = plugin((ctx) => {
      register(ctx)
      timer = setTimeout(() => undefined, 60_000)
    })
    const host = await testHost(leaky, options)
    await expect(host.dispose()).rejects.toThrow('leaves over: Timeout')
    clearTimeout(timer)
  })

  test('has every error of its disposal shown', async () => {
    const rude = plugin((ctx) => {
      register(ctx)
      ctx.defer(() => Promise.reject(new Error('no')))
    })
    const host = await testHost(rude, options)
    await expect(host.dispose()).rejects.toThrow(AggregateError)
  })
})
