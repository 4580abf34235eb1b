import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { manifestOf } from '../test/plugins.ts'
import { createKernel } from './index.ts'
import { indexFolder } from './index-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmspell-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  write('package.json', JSON.stringify({ dependencies: { good: '*' } }))
  write('node_modules/good/package.json', JSON.stringify(packageJson('good')))
})

function write(path: string, text: string): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const packageJson = (id: string, llmspell: unknown = manifestOf(id)) => ({
  name: id,
  version: '1.0.0',
  engines: { llmspell: '^0.2.0' },
  llmspell,
})

const say = (): void => undefined
const logger = { trace: say, debug: say, info: say, warn: say, error: say }

/** Plans, and touches all that a start touches. Where a good plugin is asked for, it must be there. */
function plan(): readonly string[] {
  const packages = { file: join(folder, 'package.json') }
  const bad = join(folder, 'bad')
  const kernel = createKernel({ plugins: [bad], packages, folder: join(folder, 'user'), logger })
  kernel.extensions.list('errors')
  kernel.hooks.list()
  const { plugins, problems } = kernel.report()
  expect(JSON.stringify(problems).length).toBeLessThan(1_000_000)
  return plugins.filter(({ state }) => state === 'resolved').map(({ id }) => id)
}

const KEYS = ['__proto__', 'constructor', 'toString', 'errors', 'hooks', 'hookPoints', 'points']
const key = fc.oneof(
  fc.constantFrom(...KEYS, 'name', 'kind', 'things'),
  fc.string({ maxLength: 8 }),
)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', './x', '^1', '__proto__', 'good'),
    fc.string({ maxLength: 12, unit: 'binary' }),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('any')), { maxLength: 5 }).map(written),
  ),
})).any

/** An object with exactly these keys, `__proto__` too. */
function written(rows: readonly (readonly [string, unknown])[]): unknown {
  const text = rows.map(([name, part]) => `${JSON.stringify(name)}:${JSON.stringify(part)}`)
  return JSON.parse(`{${text.join(',')}}`) as unknown
}

/** A manifest in which some parts are anything. */
const manifest = fc
  .record(
    {
      manifest: fc.constantFrom(1, 2, '1'),
      id: fc.oneof(fc.constantFrom('bad', 'good', 'kernel', '__proto__'), value),
      main: fc.oneof(fc.constantFrom('./index.js', '../x', '/x', './a/../../b'), value),
      phase: fc.oneof(fc.constantFrom('core', 'globals'), value),
      provides: value,
      requires: value,
      permissions: value,
      contributes: value,
      config: value,
    },
    { requiredKeys: [] },
  )
  .map((parts) => ({ ...manifestOf('bad'), ...parts }))

/** Text or value of a file with which a start throws, or misses the good plugin; null where there is none. */
function breaking(arbitrary: fc.Arbitrary<unknown>, path: string): unknown {
  const property = fc.property(arbitrary, (found) => {
    write(path, typeof found === 'string' ? found : JSON.stringify(found))
    const ids = plan()
    return ids.includes('good') || JSON.stringify(found).includes('good')
  })
  return fc.check(property, { numRuns: 150 }).counterexample
}

describe('discovery gets through', () => {
  test('any manifest', () => {
    const packages = manifest.map((one) => packageJson('bad', one))
    expect(breaking(packages, 'bad/package.json')).toBeNull()
  })

  test('any package.json', () => {
    expect(breaking(fc.oneof(value, fc.string()), 'bad/package.json')).toBeNull()
  })

  test('any lock', () => {
    const entry = fc.record({ id: value, manifestHash: value, root: value, host: value })
    const lock = fc.record({ plugins: fc.oneof(fc.array(entry, { maxLength: 3 }), value) })
    const locks = fc.oneof(lock, value, fc.string())
    expect(breaking(locks, 'user/plugins.lock.json')).toBeNull()
  })

  test('any index of a lock', () => {
    const plugins = [{ id: 'bad', root: 'bad', manifestHash: 'h', trusted: true }]
    write('user/plugins.lock.json', JSON.stringify({ plugins }))
    const bodies = fc.record({
      format: fc.constant(1),
      kernel: fc.constant('0.2.0'),
      manifests: fc.oneof(
        value,
        manifest.map((one) => ({ h: packageJson('bad', one) })),
        value.map((one) => ({ h: one })),
      ),
    })
    const twice = bodies.map((body) => `${JSON.stringify(body)}\n${JSON.stringify(body)}`)
    expect(breaking(twice, 'user/plugins.index.json')).toBeNull()
  })

  test.each<[string, () => string]>([
    ['nesting without end', () => '['.repeat(500_000)],
    ['a manifest nested deeply', () => nested(100_000)],
    ['many keys', () => JSON.stringify({ llmspell: wide(100_000) })],
    ['a key without end', () => JSON.stringify({ llmspell: { ['k'.repeat(3_000_000)]: 1 } })],
    [
      'an id without end',
      () => JSON.stringify(packageJson('x', manifestOf('i'.repeat(3_000_000)))),
    ],
    [
      'a name without end',
      () => JSON.stringify({ ...packageJson('x', {}), name: 'n'.repeat(3_000_000) }),
    ],
    ['hooks without end', () => JSON.stringify(packageJson('x', taps(50_000)))],
    ['names without end', () => JSON.stringify(packageJson('x', items(20_000)))],
    ['zeros', () => '\0'.repeat(100)],
  ])('%s', (_, text) => {
    const file = write('bad/package.json', text())
    write(
      'user/plugins.lock.json',
      JSON.stringify({ plugins: [{ id: 'bad', root: '../bad', manifestHash: 'h' }] }),
    )
    expect(plan()).toContain('good')
    write('user/p/package.json', text())
    write(
      'user/plugins.lock.json',
      JSON.stringify({ plugins: [{ id: 'bad', root: 'p', manifestHash: 'h' }] }),
    )
    expect(plan()).toContain('good')
    expect(() => indexFolder(join(folder, 'user'))).not.toThrow()
    rmSync(file)
  })

  test('a file that has no end, and one that is too large', () => {
    const file = write('bad/package.json', '')
    truncateSync(file, 17 * 1024 * 1024)
    expect(plan()).toContain('good')
    rmSync(file)
    if (process.platform === 'win32') return
    execFileSync('mkfifo', [file])
    expect(plan()).toEqual(['good'])
  })
})

function nested(depth: number): string {
  const inner = `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`
  return `{"name":"bad","engines":{"llmspell":"^0.2.0"},"llmspell":{"manifest":1,"id":"bad","main":"./index.js","phase":"core","contributes":{"points":{"p":${inner}}}}}`
}

const wide = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, index]))

const taps = (count: number): object =>
  manifestOf('bad', {
    contributes: { hooks: Array.from({ length: count }, (_, at) => `no.p${at}`) },
  })

const items = (count: number): object =>
  manifestOf('bad', {
    contributes: { things: Array.from({ length: count }, (_, at) => ({ name: `t${at % 9999}` })) },
  })
