import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PluginChecks } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inline, manifestOf, type ManifestParts } from '../test/plugins.ts'
import { createKernel } from './kernel.ts'
import { manifestHash } from './lock.ts'
import type { KernelOptions } from './options.ts'
import { packageFiles } from './package-files.ts'

let home = ''
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'llmspell-checks-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

function write(path: string, text: string): void {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const jsonOf = (id: string, parts: ManifestParts = {}) => ({
  name: id,
  version: '1.0.0',
  engines: { llmspell: '^0.2.0' },
  llmspell: manifestOf(id, parts),
})

const CODE = "export default { $llmspell: 'plugin/2', setup(ctx) { ctx.provide('clock', 1) } }"
const CLOCK: ManifestParts = { provides: { clock: '1.0.0' } }

/** Writes a plugin folder in which one plugin was installed and is trusted. */
function install(folder: string, id: string, parts: ManifestParts = {}, code = CODE): void {
  const json = jsonOf(id, parts)
  write(`${folder}/package.json`, JSON.stringify({ dependencies: { [id]: '1.0.0' } }))
  write(`${folder}/node_modules/${id}/package.json`, JSON.stringify(json))
  if (code) write(`${folder}/node_modules/${id}/index.js`, code)
  const { hash } = packageFiles(join(home, folder, 'node_modules', id))
  const locked = { manifestHash: manifestHash(json), files: hash, trusted: true }
  const plugins = [{ id, package: id, version: '1.0.0', ...locked }]
  write(`${folder}/plugins.lock.json`, JSON.stringify({ plugins }))
}

const say = (): void => undefined
const silent = { trace: say, debug: say, info: say, warn: say, error: say }

async function checks(options: KernelOptions = {}): Promise<PluginChecks> {
  const kernel = createKernel(options)
  await kernel.start()
  return kernel.use('plugins')
}

describe('the service plugins', () => {
  test('reads a package.json, and says all that is wrong with it', async () => {
    const service = await checks()
    const read: PluginChecks['read'] = (json) => service.read(json)
    expect(read(jsonOf('a'))).toMatchObject({ manifest: { id: 'a' }, problems: [] })
    expect(read(jsonOf('a')).manifestHash).toBe(manifestHash(jsonOf('a')))
    const broken = read({ name: 'x', llmspell: { id: 'x', phase: 'never' } })
    expect(broken.manifest).toBeUndefined()
    expect(broken.problems.length).toBeGreaterThan(1)
    expect(read({}).problems).toMatchObject([{ code: 'MANIFEST_INVALID', plugin: 'package' }])
  })

  test('says what another folder would bring, and leaves the plan as it is', async () => {
    install('next', 'a', CLOCK)
    const kernel = createKernel({ folder: join(home, 'none'), plugins: [inline('b')] })
    await kernel.start()
    const service = await kernel.use('plugins')
    const found = await service.trial({ folder: join(home, 'next') })
    expect(found.plugins.map(({ id, usable }) => `${id} ${usable}`)).toEqual(['b true', 'a true'])
    expect(kernel.list().map(({ id }) => id)).toEqual(['b'])
    expect(kernel.report().imports).toBe(0)
  })

  test.each<[string, ManifestParts, string]>([
    ['a service that is missing', { requires: { nobody: '^1' } }, 'SERVICE_MISSING'],
    ['a service that is there', { provides: { schemas: '1.0.0' } }, 'SERVICE_CONFLICT'],
    [
      'an item that breaks its schema',
      { contributes: { errors: [{ name: 'X' }] } },
      'MANIFEST_INVALID',
    ],
    ['an id that is there', {}, 'PLUGIN_DUPLICATE'],
  ])('finds %s', async (_, parts, code) => {
    install('next', 'a', parts)
    const plugins = code === 'PLUGIN_DUPLICATE' ? [inline('a')] : []
    const { problems } = await (await checks({ plugins })).trial({ folder: join(home, 'next') })
    expect(problems.map((row) => row.code)).toContain(code)
  })

  test('misses the entry that is not there', async () => {
    install('next', 'a', {}, '')
    const { plugins } = await (await checks()).trial({ folder: join(home, 'next') })
    expect(plugins).toMatchObject([{ id: 'a', problems: [{ code: 'PLUGIN_LOAD' }] }])
  })
})

describe('the files of a package', () => {
  test.each<[string, () => void]>([
    ['changed', () => write('p/lib/a.js', '2')],
    ['added', () => write('p/lib/b.js', '1')],
    ['removed', () => rmSync(join(home, 'p/lib/a.js'))],
    [
      'replaced by a link',
      () => {
        rmSync(join(home, 'p/lib/a.js'))
        write('elsewhere', '1')
        symlinkSync(join(home, 'elsewhere'), join(home, 'p/lib/a.js'))
      },
    ],
  ])('have another hash with one %s', (_, change) => {
    write('p/lib/a.js', '1')
    write('p/package.json', '{}')
    const before = packageFiles(join(home, 'p'))
    expect(Object.keys(before.files)).toEqual(['lib/a.js', 'package.json'])
    write('p/node_modules/other/index.js', 'not its own')
    expect(packageFiles(join(home, 'p'))).toEqual(before)
    change()
    expect(packageFiles(join(home, 'p')).hash).not.toBe(before.hash)
  })

  test('are compared with the lock when the plugin is loaded', async () => {
    install('user', 'a', CLOCK)
    const use = async () => {
      const kernel = createKernel({ folder: join(home, 'user'), logger: silent })
      await kernel.start()
      return kernel.use('clock' as 'schemas')
    }
    expect(await use()).toBe(1)
    write('user/node_modules/a/index.js', `${CODE} // more`)
    await expect(use()).rejects.toMatchObject({ code: 'INTEGRITY', owner: 'a' })
  })
})
