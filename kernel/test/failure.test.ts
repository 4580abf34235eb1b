import { join } from 'node:path'
import type { Denial, HookPoint } from '@llmspell/sdk'
import { afterEach, describe, expect, test } from 'vitest'
import { createKernel, type Kernel, type KernelOptions, type PluginReport } from '../src/index.ts'

declare module '@llmspell/sdk' {
  interface Hooks {
    'owner.guard': import('@llmspell/sdk').Guard<object>
    'owner.transform': import('@llmspell/sdk').Transform<string>
    'owner.observe': import('@llmspell/sdk').Observe<object>
    'owner.series': import('@llmspell/sdk').Series<object>
    'owner.notify': import('@llmspell/sdk').Notify<object>
    'owner.choose': import('@llmspell/sdk').Choose<object, string>
  }
  interface Extensions {
    things: number
  }
  interface Services {
    'good.clock': { now(): number }
    late: { again(): void }
  }
}

const fixtures = join(import.meta.dirname, 'fixtures', 'failure')
const limits = { load: 1_000, setup: 40, tap: 40, dispose: 40 }
const globals = globalThis as { deferredRan?: boolean; seenByHooks?: string[]; seenConfig?: object }

const log: string[] = []
const write = (message: string): void => void log.push(message)
const logger = { trace: write, debug: write, info: write, warn: write, error: write }
const kernels: Kernel[] = []

/** A started kernel over fixture plugins; `good` is always among them and must survive. */
async function start(names: readonly string[], options: KernelOptions = {}): Promise<Kernel> {
  const plugins = ['good', ...names].map((name) => join(fixtures, name))
  const kernel = createKernel({ plugins, limits, logger, ...options })
  kernels.push(kernel)
  await kernel.start()
  expect((await kernel.use('good.clock')).now()).toBe(0)
  return kernel
}

function row(kernel: Kernel, id: string): PluginReport {
  const found = kernel
    .report()
    .plugins.filter((plugin) => plugin.id === id || plugin.package === id)
  return found.at(-1)!
}

/** `CODE < CODE < CODE`, from the failure to its root. */
function chain(plugin: PluginReport): string {
  const codes: string[] = []
  for (
    let error = plugin.failure as { code: string; cause?: never } | undefined;
    error;
    error = error.cause
  ) {
    codes.push(error.code)
  }
  return codes.join(' < ')
}

afterEach(async () => {
  log.length = 0
  for (const kernel of kernels.splice(0)) await kernel.stop()
})

describe('loading', () => {
  test('an entry that throws is PLUGIN_LOAD, and dependents tell the whole chain', async () => {
    const kernel = await start(['throws-in-import', 'needs-broken', 'needs-needs-broken'])
    expect(row(kernel, 'throws-in-import')).toMatchObject({
      state: 'failed',
      failure: { code: 'PLUGIN_LOAD', step: 'load' },
    })
    const last = row(kernel, 'needs-needs-broken')
    expect(chain(last)).toBe('DEPENDENCY_FAILED < DEPENDENCY_FAILED < PLUGIN_LOAD < INTERNAL')
    expect(last.failure?.message).toContain('no import today')
  })

  test('an entry without the brand is PLUGIN_LOAD and says what to export', async () => {
    const { failure } = row(await start(['no-plugin']), 'no-plugin')
    expect(failure).toMatchObject({
      code: 'PLUGIN_LOAD',
      hint: expect.stringContaining('definePlugin'),
    })
  })

  test('a failure is logged at once, and remembered: nobody tries again', async () => {
    const kernel = await start(['throws-in-import', 'needs-broken', 'needs-needs-broken'])
    expect(log.filter((line) => line.startsWith('PLUGIN_LOAD'))).toHaveLength(1)
    const before = kernel.report().imports
    const again = () => kernel.use('broken.import' as never)
    const first = await again().catch((error: unknown) => error)
    expect(await again().catch((error: unknown) => error)).toBe(first)
    expect(kernel.report().imports).toBe(before)
  })
})

describe('setup', () => {
  test('that throws is PLUGIN_SETUP with the cause, and what it registered is undone', async () => {
    globals.deferredRan = false
    const plugin = row(await start(['throws-in-setup']), 'throws-in-setup')
    expect(plugin).toMatchObject({ state: 'failed', registered: [], undone: ['defer'] })
    expect(plugin.failure).toMatchObject({
      code: 'PLUGIN_SETUP',
      cause: { message: 'no setup today' },
    })
    expect(globals.deferredRan).toBe(true)
  })

  test('that hangs is PLUGIN_TIMEOUT and names the last step', async () => {
    const kernel = await start(['owner', 'hangs-in-setup'])
    const { failure } = row(kernel, 'hangs-in-setup')
    expect(failure?.code).toBe('PLUGIN_TIMEOUT')
    expect(failure?.message).toBe(
      "Plugin 'hangs-in-setup' did not finish setup in 0.04 s (last: contribute 'slow' to 'things').",
    )
    await expect(kernel.extensions.get('things', 'slow')).rejects.toMatchObject({
      code: 'PLUGIN_TIMEOUT',
    })
  })

  test.each([
    ['undeclared-use', 'SERVICE_UNDECLARED', '"requires": { "good.clock": "^1" }'],
    ['undeclared-provide', 'SERVICE_UNDECLARED', '"provides": { "other": "1.0.0" }'],
    ['undeclared-contribution', 'CONTRIBUTION_UNDECLARED', '[{ "name": "two" }]'],
    ['undeclared-hook', 'HOOK_UNDECLARED', '"hooks": ["owner.guard"]'],
    ['optional-used', 'SERVICE_UNDECLARED', "ctx.find('good.clock')"],
  ])('%s is %s and says what to write', async (name, code, hint) => {
    const { state, failure } = row(await start(['owner', name]), name)
    expect({ state, code: failure?.code }).toEqual({ state: 'failed', code })
    expect(failure?.hint).toContain(hint)
  })

  test('that leaves out what the manifest lists is reported, and unknown when fetched', async () => {
    const kernel = await start(['owner', 'not-registered'])
    expect(row(kernel, 'not-registered')).toMatchObject({
      state: 'active',
      missing: ["service 'absent.service'", "contribution 'things/absent'", "tap 'owner.observe'"],
    })
    expect(log.join('\n')).toContain('did not register what its manifest lists')
    await expect(kernel.extensions.get('things', 'absent')).rejects.toMatchObject({
      code: 'CONTRIBUTION_UNKNOWN',
      message: expect.stringContaining("Plugin 'not-registered' lists 'absent'"),
    })
    await expect(kernel.use('absent.service' as never)).rejects.toMatchObject({
      code: 'SERVICE_MISSING',
    })
  })
})

describe('taps that throw', () => {
  const both = ['owner', 'throws-in-hooks', 'answers-in-hooks']

  test('deny at a guard', async () => {
    const kernel = await start(both)
    const denial = (await kernel.hooks.point('owner.guard').call({})) as Denial
    expect(denial).toMatchObject({ denied: true })
    expect(denial.reason).toContain("Plugin 'throws-in-hooks' failed in its tap on 'owner.guard'")
  })

  test('fail the operation at a transform', async () => {
    const kernel = await start(both)
    const call = kernel.hooks.point('owner.transform').call('text')
    await expect(call).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      owner: 'throws-in-hooks',
      step: 'tap',
    })
  })

  test.each(['owner.observe', 'owner.series', 'owner.notify'] as const)(
    'leave the others alone at %s',
    async (name) => {
      const kernel = await start(both)
      await (kernel.hooks.point(name) as HookPoint<'owner.observe'>).call({})
      expect(globals.seenByHooks).toEqual([name.slice('owner.'.length)])
      expect(log.join('\n')).toContain(`no ${name.slice('owner.'.length)} today`)
    },
  )

  test('let the next answer at a choice', async () => {
    const kernel = await start(both)
    expect(await kernel.hooks.point('owner.choose').call({})).toBe('chosen')
  })
})

describe('a guard that cannot be set up', () => {
  test('denies and names the plugin', async () => {
    const kernel = await start(['owner', 'guard-fails'])
    const denial = (await kernel.hooks.point('owner.guard').call({})) as Denial
    expect(denial.reason).toContain("Plugin 'guard-fails' guards this and has failed")
    expect(denial.hint).toContain('plugins.guard-fails.onFailure')
    expect(kernel.hooks.point('owner.guard').used).toBe(true)
  })

  test('is passed over when the host says so', async () => {
    const config = { plugins: { 'guard-fails': { onFailure: 'ignore' } } }
    const kernel = await start(['owner', 'guard-fails'], { config })
    expect(await kernel.hooks.point('owner.guard').call({})).toBeUndefined()
    expect(kernel.hooks.point('owner.guard').used).toBe(false)
  })
})

describe('rings', () => {
  // What is found here is the ring: a machine that is slow must not end a setup before.
  const patient = { limits: { ...limits, setup: 10_000 } }

  test('in the manifests fail with their path, and dependents with the reason', async () => {
    const kernel = await start(['cycle-a', 'cycle-b', 'needs-cycle'], patient)
    expect(row(kernel, 'cycle-a').failure).toMatchObject({ code: 'PLUGIN_CYCLE' })
    expect(row(kernel, 'cycle-b').failure?.message).toContain('cycle-a → cycle-b → cycle-a')
    expect(row(kernel, 'needs-cycle').failure).toMatchObject({ code: 'DEPENDENCY_FAILED' })
    expect(kernel.report().imports).toBe(1)
  })

  test('at run time fail instead of waiting for ever', async () => {
    const kernel = await start(['owner', 'ring-a', 'ring-b'], patient)
    const error = await kernel.extensions.get('things', 'a').catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'PLUGIN_SETUP', cause: { code: 'PLUGIN_CYCLE' } })
    expect((error as Error).message).toContain('ring-b → ring-a → ring-b')
  })

  test('at run time are found from both ends at once', async () => {
    const kernel = await start(['owner', 'ring-a', 'ring-b'], patient)
    const both = ['a', 'b'].map((name) => kernel.extensions.get('things', name))
    const settled = await Promise.allSettled(both)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(JSON.stringify(kernel.report())).toContain('PLUGIN_CYCLE')
    expect(JSON.stringify(kernel.report())).not.toContain('PLUGIN_TIMEOUT')
  })
})

describe('what resolving refuses', () => {
  test.each([
    ['newer-api', 'skipped', 'PLUGIN_INCOMPATIBLE', 'needs llmspell ^9.0.0, this is 0.2.0'],
    ['open-range', 'skipped', 'PLUGIN_INCOMPATIBLE', 'within one major'],
    ['no-engine', 'skipped', 'PLUGIN_INCOMPATIBLE', 'does not say which llmspell'],
    ['wants-proposed', 'skipped', 'PLUGIN_INCOMPATIBLE', "'time-travel'"],
    ['missing-service', 'failed', 'SERVICE_MISSING', "'good.clok', which no plugin provides"],
    ['old-service', 'failed', 'SERVICE_MISSING', "in ^2, but 'good' provides 1.0.0"],
    ['phase-order', 'failed', 'PHASE_ORDER', "the later phase 'core'"],
    ['clash-service', 'failed', 'SERVICE_CONFLICT', "taken by plugin 'good'"],
    ['clash-name-2', 'failed', 'CONTRIBUTION_CONFLICT', "'things/same'"],
    ['fixture-clash-id', 'skipped', 'PLUGIN_DUPLICATE', "The id 'good' is taken"],
    ['invalid-manifest', 'failed', 'MANIFEST_INVALID', "'llmspell.phase'"],
    ['typo-manifest', 'failed', 'MANIFEST_INVALID', "'contributs'"],
    ['outside', 'failed', 'MANIFEST_INVALID', "found '../good/index.js'"],
  ])('%s is %s with %s', async (name, state, code, text) => {
    const folder = name.replace('fixture-', '')
    const others = folder === 'clash-name-2' ? ['owner', 'clash-name-1'] : []
    const plugin = row(await start([...others, folder]), name)
    expect({ state: plugin.state, code: plugin.failure?.code }).toEqual({ state, code })
    expect(plugin.failure?.message).toContain(text)
    expect(plugin.failure?.hint).toBeTruthy()
  })

  test('a misspelt service, key or plugin comes with a suggestion', async () => {
    const kernel = await start(['missing-service', 'typo-manifest'])
    expect(row(kernel, 'missing-service').failure?.hint).toBe("Did you mean 'good.clock'?")
    expect(row(kernel, 'typo-manifest').failure?.hint).toBe("Did you mean 'contributes'?")
  })

  test('a plugin whose provider is refused says so', async () => {
    const kernel = await start(['newer-api', 'needs-newer'])
    expect(row(kernel, 'needs-newer').failure).toMatchObject({
      code: 'DEPENDENCY_FAILED',
      message: expect.stringContaining('needs llmspell ^9.0.0'),
    })
  })

  test('every problem of every plugin is listed at once', async () => {
    const names = [
      'invalid-manifest',
      'typo-manifest',
      'newer-api',
      'missing-service',
      'cycle-a',
      'cycle-b',
    ]
    const { problems } = (await start(names)).report()
    expect(new Set(problems.map(({ plugin }) => plugin))).toEqual(new Set(names))
    expect(problems.filter(({ plugin }) => plugin === 'invalid-manifest')).toHaveLength(2)
  })

  test('a folder that holds no plugin is a row of its own', async () => {
    const kernel = await start(['no-json', 'no-key', 'not-there'])
    const failed = kernel.list().filter(({ state }) => state === 'failed')
    expect(failed.map(({ failure }) => failure?.code)).toEqual([
      'MANIFEST_INVALID',
      'PLUGIN_NOT_FOUND',
      'PLUGIN_NOT_FOUND',
    ])
  })
})

describe('the user chooses', () => {
  test('which of two providers is used', async () => {
    const kernel = createKernel({
      plugins: ['good', 'clash-service'].map((name) => join(fixtures, name)),
      config: { prefer: { 'good.clock': 'clash-service' } },
      logger,
    })
    kernels.push(kernel)
    await kernel.start()
    expect((await kernel.use('good.clock')).now()).toBe(1)
    expect(row(kernel, 'good').state).toBe('resolved')
  })

  test.each([1, 2])('which of two plugins has a name: %i', async (winner) => {
    const prefer = { 'things/same': `clash-name-${winner}` }
    const kernel = await start(['owner', 'clash-name-1', 'clash-name-2'], { config: { prefer } })
    expect(await kernel.extensions.get('things', 'same')).toBe(winner)
    expect(kernel.extensions.list('things')).toHaveLength(1)
  })
})

describe('config', () => {
  test('that breaks its schema is CONFIG_INVALID with every violation', async () => {
    const config = { plugins: { config: { timeout: '30', lable: 'x' } } }
    const { failure } = row(await start(['config'], { config }), 'config')
    expect(failure).toMatchObject({
      code: 'CONFIG_INVALID',
      step: 'config',
      hint: "Did you mean 'label'?",
    })
    expect(failure?.message).toContain(
      '\'plugins.config.timeout\': expected an integer, found "30"',
    )
  })

  test('for a plugin without config is CONFIG_INVALID', async () => {
    const config = { plugins: { 'no-plugin': {}, 'late-verb': { speed: 1 } } }
    const { failure } = row(await start(['late-verb', 'no-plugin'], { config }), 'late-verb')
    expect(failure?.message).toContain('expected nothing, as the plugin has no config')
  })

  test('gets defaults, in a frozen copy', async () => {
    const section = { label: 'x' }
    await start(['config'], { config: { plugins: { config: section } } })
    expect(globals.seenConfig).toEqual({ label: 'x', timeout: 30 })
    expect(Object.isFrozen(globals.seenConfig)).toBe(true)
    expect(section).toEqual({ label: 'x' })
  })
})

describe('the end', () => {
  test('an undo that hangs is returned by stop, and the rest goes on', async () => {
    const kernel = await start(['hangs-in-dispose'])
    const failures = await kernel.stop()
    expect(failures).toMatchObject([
      { code: 'PLUGIN_TIMEOUT', owner: 'hangs-in-dispose', step: 'dispose' },
    ])
    expect(row(kernel, 'hangs-in-dispose').state).toBe('disposed')
  })

  test('a verb used after it is PLUGIN_DISPOSED', async () => {
    const kernel = await start(['late-verb'])
    const late = await kernel.use('late')
    await kernel.stop()
    expect(() => late.again()).toThrow(expect.objectContaining({ code: 'PLUGIN_DISPOSED' }))
  })

  test('a kernel that stopped activates nothing more', async () => {
    const kernel = await start(['owner', 'clash-name-1'])
    await kernel.stop()
    await expect(kernel.extensions.get('things', 'same')).rejects.toMatchObject({
      code: 'KERNEL_STATE',
    })
  })

  test('what the host requires and fails ends the start with the report', async () => {
    const plugins = ['good', 'throws-in-setup'].map((name) => join(fixtures, name))
    const kernel = createKernel({ plugins, logger, required: ['throws-in-setup'] })
    const error = await kernel.start().catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'STARTUP_FAILED', name: 'StartupError' })
    expect((error as { report: { plugins: unknown[] } }).report.plugins).toHaveLength(2)
  })
})
