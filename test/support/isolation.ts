import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
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
  const llmspell = {
    manifest: 1,
    id,
    main: './index.js',
    phase: 'core',
    requires: { files: '^1', http: '^1' },
    permissions,
    contributes: { tools: [tool] },
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
