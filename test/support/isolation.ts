import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manifestHash, type Kernel } from '@llmspell/kernel'
import { packageFiles } from '../../kernel/src/package-files.ts'
import type { Manifest } from '@llmspell/sdk'

/** Code that any tool of these tests may begin with. */
const HELPERS = `
const { writeSync } = process.getBuiltinModule('node:fs')
const SEND = (text) => {
  const json = Buffer.from(text), head = Buffer.alloc(8)
  head.writeUInt32BE(json.length, 0)
  for (let rest = Buffer.concat([head, json]); rest.length > 0;) {
    try { rest = rest.subarray(writeSync(5, rest)) } catch (error) { if (error.code !== 'EAGAIN') throw error }
  }
}
const ID = (call) => call[Object.getOwnPropertySymbols(call)[0]]
`

/** A plugin whose tool `<id>` runs the code that it is given. */
export function plugin(
  folder: string,
  id: string,
  setup = '',
  more: Partial<Manifest> = {},
): string {
  const root = join(folder, id)
  mkdirSync(root, { recursive: true })
  const permissions = { read: ['/'], net: ['*:*'], 'net-private': ['*'] }
  const tool = {
    name: id,
    description: 'Runs the code that it is given.',
    category: 'test',
    effect: 'unsafe',
    streams: true,
    permissions,
    input: { type: 'object', properties: { code: { type: 'string' } } },
  }
  const failure = { name: 'WEATHER_DOWN', class: 'tool', cause: 'Rain.', cure: 'Wait.' }
  const llmspell = {
    manifest: 1,
    id,
    main: './index.js',
    phase: 'core',
    requires: { files: '^1', http: '^1' },
    permissions,
    contributes: { tools: [tool], errors: [failure] },
    ...more,
  }
  const engines = { llmspell: '^0.2.0' }
  const json = { name: id, version: '1.0.0', type: 'module', engines, llmspell }
  writeFileSync(join(root, 'package.json'), JSON.stringify(json))
  writeFileSync(join(root, 'index.js'), codeOf(id, setup))
  return root
}

function codeOf(id: string, setup: string): string {
  return `export default { $llmspell: 'plugin/2', async setup(ctx) {
  const files = ctx.use('files'), http = ctx.use('http')
  ${setup}
  ctx.contribute('tools', '${id}', { async execute({ code }, call) {
    ${HELPERS}
    const run = new Function('ctx', 'call', 'files', 'http', 'SEND', 'ID', 'return (async () => {' + code + '})()')
    return { result: (await run(ctx, call, files, http, SEND, ID)) ?? null }
  } })
} }
`
}

/** A folder that is gone with the process. */
export function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'llmspell-isolation-')))
}

/** @throws where something of it failed to end */
export async function stopped(kernel: Kernel): Promise<void> {
  const failures = await kernel.stop()
  if (failures.length > 0) throw new AggregateError(failures, 'The kernel did not stop well.')
}

/** A plugin as an install leaves it: in a plugin folder of its own, with packages that it needs. */
export interface Installed {
  /** The plugin folder, with the lock in it. */
  readonly folder: string
  /** Of the plugin. */
  readonly root: string
  /** `node_modules` of the install. */
  readonly beside: string
}

/**
 * @param entry what the lock says of it beside its manifest
 * @param dependencies of its package.json
 */
export function installed(
  folder: string,
  entry: object,
  setup = '',
  dependencies: readonly string[] = [],
): Installed {
  const beside = join(folder, 'packages', 'guest', 'node_modules')
  const root = plugin(beside, 'guest', setup)
  const file = join(root, 'package.json')
  const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const needs = Object.fromEntries(dependencies.map((name) => [name, '*']))
  writeFileSync(file, JSON.stringify({ ...json, dependencies: needs }))
  const facts = { id: 'guest', package: 'guest', version: '1.0.0' }
  const place = { root: 'packages/guest/node_modules/guest', manifestHash: manifestHash(json) }
  const files = packageFiles(root).hash
  const lock = { plugins: [{ ...facts, ...place, files, ...entry }] }
  writeFileSync(join(folder, 'plugins.lock.json'), JSON.stringify(lock))
  return { folder, root, beside }
}

/** A package without a plugin in it. */
export function dependency(beside: string, name: string, code: string, more: object = {}): void {
  const root = join(beside, name)
  mkdirSync(root, { recursive: true })
  const json = { name, version: '1.0.0', main: './index.js', ...more }
  writeFileSync(join(root, 'package.json'), JSON.stringify(json))
  writeFileSync(join(root, 'index.js'), code)
}
