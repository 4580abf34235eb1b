import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HostileRegistry } from './hostile-registry.ts'
import { openStore, YES, type OpenStore } from './open.ts'
import { code, plugin } from './plugins.ts'
import { npmEnv, packed } from './registry.ts'

const POSIX = process.platform !== 'win32'
let folder: string
let open: OpenStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-folder-'))
  Object.assign(process.env, npmEnv('http://127.0.0.1:9', folder))
  open = await openStore(join(folder, 'store'))
})
afterEach(async () => {
  await open[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe.runIf(POSIX)('a folder of somebody else', () => {
  test.each([
    ['a device', (file: string) => symlinkSync('/dev/zero', file)],
    ['a pipe', (file: string) => void execFileSync('mkfifo', [file])],
  ])('with %s for a package.json is refused at once', async (_, make) => {
    const own = join(folder, 'own')
    mkdirSync(own)
    make(join(own, 'package.json'))
    await expect(open.store.install([own], YES)).rejects.toMatchObject({ code: 'PLUGIN_INVALID' })
    await expect(open.store.link(own)).rejects.toMatchObject({ code: 'PLUGIN_STORE_FAILED' })
  })

  test('and a device for an archive, too', async () => {
    await expect(open.store.install(['/dev/zero'], YES)).rejects.toMatchObject({
      code: 'PLUGIN_INVALID',
    })
  })
})

test('a main that no hash covers is refused', async () => {
  const more = { bundleDependencies: ['x'], dependencies: { x: '1.0.0' } }
  const json = plugin('own', { more, manifest: { main: './node_modules/x/index.js' } })
  const data = packed(json, {
    'node_modules/x/package.json': '{"name":"x","version":"1.0.0","type":"module"}',
    'node_modules/x/index.js': code(),
  })
  const file = join(folder, 'own.tgz')
  writeFileSync(file, data)
  await expect(open.store.install([file], YES)).rejects.toMatchObject({
    code: 'PLUGIN_INVALID',
    message: expect.stringContaining('none of its own files'),
  })
})

test.runIf(POSIX)('what a link in the place of a folder leads to is not removed', async () => {
  const precious = join(folder, 'precious')
  mkdirSync(join(precious, 'sub'), { recursive: true })
  mkdirSync(join(folder, 'store'), { recursive: true })
  symlinkSync(precious, join(folder, 'store', 'staging'))
  await expect(open.store.switch('own', false)).rejects.toMatchObject({
    code: 'PLUGIN_STORE_FAILED',
  })
  expect(existsSync(join(precious, 'sub'))).toBe(true)
})

test('a lock on the folder that cannot be had is told as the fault of the folder', async () => {
  mkdirSync(join(folder, 'store', 'store.lock'), { recursive: true })
  await expect(open.store.switch('own', false)).rejects.toMatchObject({
    code: 'PLUGIN_STORE_FAILED',
  })
})

describe('an entry of the lock', () => {
  const ENTRY = {
    id: 'own',
    package: 'own',
    version: '1.0.0',
    root: 'packages/own',
    from: 'own',
    manifestHash: '0',
    files: '0',
    tree: '0',
    permissions: {},
  }
  test.each<[string, object]>([
    ['whose host is a list', { host: ['process'], trusted: true }],
    ['that has a host, and is trusted', { host: 'process', trusted: true }],
    ['whose trust is a text', { trusted: 'yes' }],
    ['without a hash of its files', { files: undefined }],
  ])('%s makes it no lock', async (_, change) => {
    const file = join(folder, 'store', 'plugins.lock.json')
    mkdirSync(join(folder, 'store'), { recursive: true })
    writeFileSync(file, JSON.stringify({ plugins: [{ ...ENTRY, ...change }] }))
    await expect(open.store.list()).rejects.toMatchObject({ code: 'PLUGIN_STORE_FAILED' })
    expect(await open.store.health()).toMatchObject([{ code: 'PLUGIN_STORE_FAILED' }])
  })
})

test('a registry that exchanges a version is found out', async () => {
  await using registry = await HostileRegistry.start()
  process.env['npm_config_registry'] = registry.origin
  registry.add(plugin('own'), { 'index.js': code() }, 'plain')
  await open.store.install(['llmspell-plugin-own'], YES)
  const lock = readFileSync(join(folder, 'store', 'plugins.lock.json'), 'utf8')
  registry.add(plugin('own'), { 'index.js': `${code()}// evil` }, 'plain')
  await expect(open.store.install(['llmspell-plugin-own'], YES)).rejects.toMatchObject({
    code: 'INTEGRITY',
    message: expect.stringContaining('is not the archive that was installed'),
  })
  expect(readFileSync(join(folder, 'store', 'plugins.lock.json'), 'utf8')).toBe(lock)
})
