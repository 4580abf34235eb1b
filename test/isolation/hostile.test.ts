import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createKernel, type Kernel } from '@llmspell/kernel'
import type { RunResult, ScriptRuntime } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import corpus from '../corpus/isolation.json' with { type: 'json' }
import { debianProgram } from '../support/debian.ts'
import { newFolder, plugin, stopped } from '../support/isolation.ts'
import { ROOT } from '../support/root.ts'

interface Row {
  readonly name: string
  readonly code: string
  /** One of these codes. */
  readonly error?: string | readonly string[]
  /** Part of the error's text. */
  readonly text?: string
  readonly result?: unknown
  /** What comes of it without a jail, where that differs. */
  readonly free?: unknown
  /** Of the call, in ms. */
  readonly timeout?: number
  /** Takes long and shows nothing that others do not. */
  readonly full?: boolean
}

interface Outcome {
  readonly value?: unknown
  readonly code?: string
  readonly message?: string
}

const NEEDED = ['permissions', 'secrets', 'files', 'http', 'sandbox', 'isolation', 'tools']
const HOUSE = [...NEEDED, 'tool-calculator', 'engine-lua', 'script-runtime']
const folder = newFolder()
const canary = join(folder, 'canary.json')
const socket = join(folder, 'socket')
const servers: Server[] = []
let port = 0

beforeAll(async () => {
  writeFileSync(canary, '{"canary": "CANARY"}')
  process.env['ISOLATION_CANARY'] = 'CANARY'
  for (const place of [0, socket]) {
    const server = createServer((connection) => {
      connection.on('error', () => undefined)
      connection.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
    await new Promise<void>((resolve) => server.listen(place, () => resolve()))
    servers.push(server)
  }
  port = (servers[0]!.address() as { port: number }).port
})
afterAll(() => {
  delete process.env['ISOLATION_CANARY']
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

/** The words of the rows as declarations of their code. */
function preludeOf(): string {
  const words = {
    CANARY: canary,
    CANARY_URL: pathToFileURL(canary).href,
    OTHER_URL: pathToFileURL(join(ROOT, 'plugins/tool-calculator/dist/index.js')).href,
    FOLDER: join(folder, 'guest'),
    SOCKET: socket,
    PORT: port,
  }
  return Object.entries(words)
    .map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`)
    .join('')
}

const bubblewrap = debianProgram('bubblewrap', 'bwrap')
const tiers = [
  { name: 'in a jail', bwrap: bubblewrap.path, unjailed: [] as string[] },
  { name: 'without a jail', bwrap: '/no-such/bwrap', unjailed: ['plugin:guest'] },
]

describe.each(tiers)('an isolated plugin $name', ({ bwrap, unjailed }) => {
  let kernel: Kernel
  let runtime: ScriptRuntime
  beforeAll(async () => {
    const plugins = HOUSE.map((name) => join(ROOT, 'plugins', name))
    kernel = createKernel({
      plugins: [...plugins, plugin(folder, 'guest')],
      hosted: { guest: 'process' },
      logger: silent,
      config: {
        plugins: {
          sandbox: { bubblewrap: bwrap ?? '/no-such/bwrap' },
          isolation: { crashes: 1000, grace_ms: 100, memory_mib: 64 },
        },
      },
    })
    await kernel.start()
    runtime = await kernel.use('script-runtime')
  })
  afterAll(() => stopped(kernel))

  const call = (code: string, timeout = 20_000): Promise<RunResult> => {
    const given = JSON.stringify(preludeOf() + code)
    const source = `return Tool.execute("guest", { code = ${given} }, { timeout = ${timeout} }).result`
    const allow = { read: [ROOT], unjailed }
    return runtime.run({ source, file: 'test.lua', root: ROOT, allow } as never)
  }

  const rows = (corpus as readonly Row[]).filter((row) => isRun(row, unjailed.length > 0))
  test.skipIf(!bwrap).each(rows)('$name', async (row) => {
    const { code, error, text = '', timeout } = row
    const free = unjailed.length > 0 && row.free !== undefined
    const outcome: Outcome = await call(code, timeout).then(
      ({ value }) => ({ value }),
      ({ code: found, message }: Required<Outcome>) => ({ code: found, message }),
    )
    const result = JSON.stringify(free ? row.free : row.result)
    const wanted = error === undefined ? [result] : [error].flat()
    expect(wanted).toContain(outcome.code ?? JSON.stringify(outcome.value))
    expect(JSON.stringify(outcome)).toContain(text)
    expect(JSON.stringify(outcome)).not.toContain('CANARY"')
    const source = 'return Tool.calculator{ expression = "6*7" }.result.value'
    expect(await runtime.run({ source, file: 'after.lua' })).toMatchObject({ value: 42 })
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(kernel.list().find(({ id }) => id === 'guest')).toMatchObject({ state: 'active' })
  })

  test('has left nothing behind', () => {
    expect(existsSync('/tmp/llmspell-isolation')).toBe(false)
    expect(existsSync(join(folder, 'guest/link'))).toBe(false)
    expect(readFileSync(join(folder, 'guest/index.js'), 'utf8')).toContain('contribute')
  })
})

/** Without a jail, what the permission model of Node stops is the same as in one. */
function isRun({ full = false, free, error }: Row, unjailed: boolean): boolean {
  if (process.env['LLMSPELL_TEST_FULL'] === '1') return true
  return !full && (!unjailed || free !== undefined || error === 'PLUGIN_CRASHED')
}

const say = (): void => undefined
const silent = { trace: say, debug: say, info: say, warn: say, error: say }
