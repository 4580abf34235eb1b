import { definePlugin, type HostedPlugin } from '@llmspell/sdk'
import { describe, expect, test, vi } from 'vitest'
import { manifestOf, record } from '../test/plugins.ts'
import { Loader } from './loader.ts'
import { loggerFor, stderrLogger } from './logger.ts'
import type { InlinePlugin } from './options.ts'

const plugin = definePlugin({ setup: () => undefined })
const load = (given: unknown) => {
  const inline = { manifest: manifestOf('a'), plugin: given } as InlinePlugin
  return new Loader().load(record('a', {}, { inline }))
}

describe('loading a plugin', () => {
  test.each([
    ['an object', plugin],
    ['a function that gives it', () => Promise.resolve(plugin)],
    ['a function that gives a module', () => Promise.resolve({ default: plugin })],
    [
      'an object of another copy of the SDK',
      { $llmspell: 'plugin/2', setup: (): void => undefined },
    ],
  ])('takes %s', async (_, given) => {
    expect(await load(given)).toMatchObject({ $llmspell: 'plugin/2' })
  })

  test.each([
    ['no default export', () => Promise.resolve({ plugin })],
    ['no default export', () => Promise.resolve(undefined)],
    ['without the brand', { setup: (): void => undefined }],
    ['without the brand', { $llmspell: 'something', setup: (): void => undefined }],
    ["found 'plugin/1'", { $llmspell: 'plugin/1', setup: (): void => undefined }],
    ["found 'plugin/3'", { $llmspell: 'plugin/3', setup: (): void => undefined }],
  ])('refuses what has %s', async (found, given) => {
    await expect(load(given)).rejects.toThrow(found)
  })

  test('is counted, also when it fails', async () => {
    const loader = new Loader()
    const inline = { manifest: manifestOf('a'), plugin } as InlinePlugin
    await loader.load(record('a', {}, { inline }))
    await loader.load(record('b', {}, { root: '/nowhere' })).catch(() => undefined)
    expect(loader.imports).toBe(2)
  })
})

describe('loggers', () => {
  test('of plugins put their id into the data', () => {
    const info = vi.fn<(message: string, data?: object) => void>()
    const logger = loggerFor({ ...stderrLogger, info }, 'clock')
    logger.info('ticked', { times: 2 })
    logger.info('ticked')
    expect(info.mock.calls).toEqual([
      ['ticked', { plugin: 'clock', times: 2 }],
      ['ticked', { plugin: 'clock' }],
    ])
  })

  test('of the kernel write warnings and errors to stderr, and nothing else', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const)
      stderrLogger[level]('x')
    expect(write.mock.calls.map(([line]) => line)).toEqual(['warn: x\n', 'error: x\n'])
    write.mockRestore()
  })
})

test.each([true, false])('a host is told whether it is a trial: %s', async (trial) => {
  const loader = new Loader(undefined, trial)
  const told: unknown[] = []
  const host = {
    load: (hosted: HostedPlugin) => {
      told.push(hosted.trial)
      return definePlugin({ setup: () => undefined })
    },
  }
  await loader.load(record('a'), host)
  expect(told).toEqual([trial])
})
