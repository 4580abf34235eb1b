import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inline } from '../test/plugins.ts'
import { createKernel, KERNEL_ERRORS, SDK_VERSION, type KernelOptions } from './index.ts'
import { withKernel } from './testing.ts'

describe('options', () => {
  test.each([
    [{ plugin: [] }, "unknown key 'plugin' in options", "Did you mean 'plugins'?"],
    [
      { config: { plugin: {} } },
      "unknown key 'plugin' in options.config",
      "Did you mean 'plugins'?",
    ],
    [{ limits: { setp: 1 } }, "unknown key 'setp' in options.limits", "Did you mean 'setup'?"],
    [
      { profile: 'smal', profiles: { small: [] } },
      "The profile 'smal' is not known",
      "Did you mean 'small'?",
    ],
  ])('%j are refused', (options, message, hint) => {
    expect(() => createKernel(options as KernelOptions)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message),
        hint,
      }),
    )
  })

  test('are not acted upon before the kernel is used', () => {
    expect(() => createKernel({ plugins: ['nowhere'], packages: { file: '/none' } })).not.toThrow()
  })
})

describe('use', () => {
  test('activates the provider and gives the service', async () => {
    await withKernel([inline('a', { provides: { a: '1.0.0' } })], async (kernel) => {
      expect(await kernel.use('a' as never)).toEqual({ name: 'a' })
      expect(kernel.report().imports).toBe(1)
    })
  })

  test('gives the services of the kernel itself', async () => {
    await withKernel([], async (kernel) => {
      expect(await kernel.use('extensions')).toBe(kernel.extensions)
      expect(await kernel.use('hooks')).toBe(kernel.hooks)
      expect((await (await kernel.use('schemas')).compile({ type: 'string' }))('x')).toBe(true)
    })
  })

  test('of what nobody provides says so, with a suggestion or the reason', async () => {
    const options = { disabled: ['gone'] }
    await withKernel(
      [inline('a', { provides: { clock: '1.0.0' } }), inline('gone')],
      async (kernel) => {
        await expect(kernel.use('clok' as never)).rejects.toMatchObject({
          hint: "Did you mean 'clock'?",
        })
        await expect(kernel.use('gone' as never)).rejects.toThrow("Plugin 'gone' is disabled.")
      },
      options,
    )
  })

  test('before the start says what to do', async () => {
    const kernel = createKernel({ plugins: [inline('a', { provides: { a: '1.0.0' } })] })
    await expect(kernel.use('a' as never)).rejects.toMatchObject({ code: 'KERNEL_STATE' })
    expect(kernel.list()).toMatchObject([{ id: 'a', state: 'resolved' }])
  })
})

describe('a full check', () => {
  test('checks items against the schema of their owner, and sections', async () => {
    const item = {
      type: 'object',
      required: ['name', 'text'],
      properties: { name: {}, text: { type: 'string' } },
    }
    const owner = inline('owner', { contributes: { points: { things: item } } })
    const user = inline('user', {
      contributes: {
        things: [
          { name: 'good', text: 'x' },
          { name: 'bad', text: 7 },
        ],
      },
    })
    const config = { plugins: { user: { a: 1 }, usr: {} } }
    await withKernel(
      [owner, user],
      async (kernel) => {
        expect(
          (await kernel.check()).map(({ plugin, code, path }) => [plugin, code, path]),
        ).toEqual([
          ['kernel', 'CONFIG_INVALID', 'plugins.usr'],
          ['user', 'CONFIG_INVALID', 'plugins.user'],
          ['user', 'MANIFEST_INVALID', 'llmspell.contributes.things[1].text'],
        ])
        expect(kernel.report().imports).toBe(0)
      },
      { config },
    )
  })

  test('finds schemas and entries that are not there', async () => {
    const owner = inline('owner', { contributes: { points: { things: './none.json' } } })
    const user = inline('user', { contributes: { things: [{ name: 'x' }] } })
    const empty = join(import.meta.dirname, '..', 'test', 'fixtures', 'no-entry')
    await withKernel([owner, user, empty], async (kernel) => {
      expect((await kernel.check()).map(({ plugin, code }) => [plugin, code])).toEqual([
        ['owner', 'MANIFEST_INVALID'],
        ['no-entry', 'PLUGIN_LOAD'],
      ])
    })
  })
})

describe('required', () => {
  const service = inline('a', { provides: { thing: '1.0.0' } })

  test('plugins and services are activated at the start', async () => {
    const active = (kernel: { list(): readonly { state: string }[] }) =>
      kernel.list().map(({ state }) => state)
    await withKernel([service], (kernel) => expect(active(kernel)).toEqual(['active']), {
      required: ['a'],
    })
    await withKernel([service], (kernel) => expect(active(kernel)).toEqual(['active']), {
      required: ['thing'],
    })
  })

  test('what is not there ends the start', async () => {
    const kernel = createKernel({ plugins: [service], required: ['thin'] })
    await expect(kernel.start()).rejects.toMatchObject({
      code: 'STARTUP_FAILED',
      cause: { code: 'SERVICE_MISSING' },
    })
    expect(kernel.list()[0]?.state).toBe('resolved')
  })
})

test('the test kit finds what is left over, and what fails at the end', async () => {
  const rude = inline('rude', { activation: 'startup' }, (ctx) =>
    ctx.defer(() => Promise.reject(new Error('no'))),
  )
  await expect(withKernel([rude], () => undefined)).rejects.toThrow(AggregateError)
  await expect(withKernel([], () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
})

test('codes are unique, and each says cause and cure', () => {
  const names = KERNEL_ERRORS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { cause, cure } of KERNEL_ERRORS)
    expect(cause.endsWith('.') && cure.endsWith('.')).toBe(true)
})

test('the version of the contract is that of the SDK', () => {
  const file = join(import.meta.dirname, '..', '..', 'sdk', 'package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  expect(SDK_VERSION).toBe(version)
})

describe('errors in timers and promises, in a process of its own', () => {
  test.each(['timer', 'promise'])('a %s of a plugin is attributed to it', (kind) => {
    const program = join(import.meta.dirname, '..', 'test', 'fixtures', 'stray.ts')
    const args = ['--conditions=@llmspell/source', '--no-warnings', program, kind]
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' })
    expect(output.trim()).toBe(`PLUGIN_STRAY: Plugin 'strayer' failed outside of any call: ${kind}`)
  })
})
