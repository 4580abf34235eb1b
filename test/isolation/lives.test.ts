import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createKernel, type Kernel } from '@llmspell/kernel'
import type { Manifest, RunResult } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { debianProgram } from '../support/debian.ts'
import { newFolder, plugin, stopped } from '../support/isolation.ts'
import { ROOT } from '../support/root.ts'

const NEEDED = ['permissions', 'secrets', 'files', 'http', 'sandbox', 'isolation', 'tools']
const HOUSE = [...NEEDED, 'artifacts', 'tool-calculator', 'tool-file-read', 'tool-http-request']
const ENGINES = ['engine-lua', 'engine-javascript', 'script-runtime']
const folder = newFolder()
afterAll(() => rmSync(folder, { recursive: true }))
const bubblewrap = debianProgram('bubblewrap', 'bwrap').path
const allow = { read: [ROOT], net: ['*:*'], 'net-private': ['*'], unjailed: ['*'] }

interface Choice {
  readonly hosted?: Readonly<Record<string, string>>
  readonly isolation?: object
  readonly bwrap?: string
  readonly plugins?: readonly string[]
}

/** A kernel with the tools of this repository, and what a script that it runs gives. */
class House implements AsyncDisposable {
  readonly kernel: Kernel
  readonly lines: string[] = []

  constructor({ hosted = {}, isolation = {}, bwrap, plugins = [] }: Choice) {
    const say = (message: string): void => void this.lines.push(message)
    this.kernel = createKernel({
      plugins: [...[...HOUSE, ...ENGINES].map((name) => join(ROOT, 'plugins', name)), ...plugins],
      hosted,
      logger: { trace: say, debug: say, info: say, warn: say, error: say },
      config: {
        plugins: {
          sandbox: { bubblewrap: bwrap ?? bubblewrap ?? '/no-such/bwrap' },
          isolation: { grace_ms: 100, ...isolation },
        },
      },
    })
  }

  async run(source: string, file = 'test.lua', more: object = {}): Promise<RunResult> {
    await this.kernel.start()
    const runtime = await this.kernel.use('script-runtime')
    return runtime.run({ source, file, root: ROOT, allow, ...more })
  }

  call(name: string, code: string, options = '{}'): Promise<RunResult> {
    const given = JSON.stringify(code)
    return this.run(`return Tool.execute("${name}", { code = ${given} }, ${options}).result`)
  }

  row(id: string) {
    return this.kernel.list().find((each) => each.id === id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopped(this.kernel)
  }
}

describe('a plugin whose setup is hostile', () => {
  test.each([
    ['exits', 'process.exit(0)', 'PLUGIN_CRASHED'],
    ['loops', 'for (;;);', 'TIMEOUT'],
    ['takes all memory', 'const a = []; for (;;) a.push(new Array(1e5).fill(1.1))', 'MEMORY_LIMIT'],
    ['throws', 'throw new Error("not today")', 'TOOL_FAILED'],
    ['uses what does not reach it', 'ctx.use("state")', 'ISOLATED_ONLY'],
  ])('and %s fails each call, and after a few it is out of service', async (_, setup, code) => {
    const hosted = { bad: 'process' }
    const plugins = [plugin(folder, 'bad', setup)]
    const setup_ms = code === 'TIMEOUT' ? 600 : 60_000
    const isolation = { crashes: 2, setup_ms, memory_mib: 32 }
    await using house = new House({ hosted, plugins, isolation })
    await expect(house.call('bad', '')).rejects.toMatchObject({ code })
    expect(house.row('bad')).toMatchObject({ state: 'active' })
    await expect(house.call('bad', '')).rejects.toMatchObject({ code })
    await vi.waitFor(() => expect(house.row('bad')).toMatchObject({ state: 'failed' }))
    expect(house.row('bad')?.failure).toMatchObject({ code: 'PLUGIN_CRASHED', step: 'call' })
    await expect(house.call('bad', '')).rejects.toMatchObject({ code: 'NOT_AVAILABLE' })
    expect(
      await house.run('return Tool.calculator{ expression = "1+1" }.result.value'),
    ).toMatchObject({ value: 2 })
  })
})

describe('a process', () => {
  const hosted = { guest: 'process' }
  const guest = (): string => plugin(folder, 'guest', 'globalThis.calls = 0')

  test('starts with the first call, and serves the next ones', async () => {
    await using house = new House({ hosted, plugins: [guest()] })
    await house.run('return Tool.list()')
    expect(house.row('guest')).toMatchObject({ state: 'resolved', host: 'process' })
    expect(await house.call('guest', 'return ++calls')).toMatchObject({ value: 1 })
    expect(await house.call('guest', 'return ++calls')).toMatchObject({ value: 2 })
  })

  test('is followed by another, and only its own calls fail with it', async () => {
    await using house = new House({ hosted, plugins: [guest()] })
    const slow = house.call('guest', 'await new Promise((r) => setTimeout(r, 60000))')
    await vi.waitFor(() => expect(house.row('guest')).toMatchObject({ state: 'active' }))
    await expect(house.call('guest', 'process.exit(1)')).rejects.toMatchObject({
      code: 'PLUGIN_CRASHED',
    })
    await expect(slow).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' })
    expect(await house.call('guest', 'return ++calls')).toMatchObject({ value: 1 })
    expect(house.lines.join()).toContain('ended with code 1')
  })

  test('may end a cancelled call by itself, and stays', async () => {
    await using house = new House({ hosted, plugins: [guest()] })
    await house.call('guest', '')
    const code = 'calls = 7; await new Promise((r) => call.signal.addEventListener("abort", r))'
    await expect(house.call('guest', code, '{ timeout = 200 }')).rejects.toMatchObject({
      code: 'TIMEOUT',
    })
    expect(await house.call('guest', 'return calls')).toMatchObject({ value: 7 })
  })

  test('sees the config of the plugin, and its lines reach the log', async () => {
    const more: Partial<Manifest> = {
      config: { type: 'object', properties: { city: { type: 'string', default: 'Oslo' } } },
    }
    await using house = new House({
      hosted: { odd: 'process' },
      plugins: [plugin(folder, 'odd', '', more)],
    })
    expect(
      await house.call('odd', 'ctx.logger.warn("told", { a: 1 }); return ctx.config'),
    ).toMatchObject({
      value: { city: 'Oslo' },
    })
    await vi.waitFor(() => expect(house.lines).toContain('told'))
  })

  test('hands chunks to a reader, who holds it back', async () => {
    await using house = new House({ hosted, plugins: [guest()] })
    const code = 'for (let i = 0; i < 300; i++) await call.emit({ type: "text", text: String(i) })'
    const source = `local text = {}
      for chunk in Tool.stream("guest", { code = ${JSON.stringify(code)} }) do text[#text + 1] = chunk.text end
      return { #text, text[1], text[300] }`
    expect(await house.run(source)).toMatchObject({ value: [301, '0', '299'] })
  })
})

describe('without a jail', () => {
  const given = { hosted: { guest: 'process' }, bwrap: '/no-such/bwrap' }

  test('a plugin runs only where the run was given the right to do without', async () => {
    await using house = new House({ ...given, plugins: [plugin(folder, 'guest')] })
    const source = 'return Tool.execute("guest", { code = "return 1" }).result'
    const denied = house.run(source, 'test.lua', { allow: { read: ['/'] } })
    await expect(denied).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      hint: expect.stringMatching(
        /^Add --allow-unjailed=plugin:guest\. .*bubblewrap is not installed.*apt install bubblewrap/,
      ),
    })
    const granted = { allow: { unjailed: ['plugin:guest'] } }
    expect(await house.run(source, 'test.lua', granted)).toMatchObject({ value: 1 })
  })

  test('llmspell does not open the inspector for any program of the user', async () => {
    await using house = new House({ ...given, plugins: [plugin(folder, 'guest')] })
    process.removeAllListeners('SIGUSR1')
    expect(await house.call('guest', 'return 1')).toMatchObject({ value: 1 })
    expect(process.listenerCount('SIGUSR1')).toBe(1)
  })

  test('a plugin cannot hold that right itself', async () => {
    const contributes = {
      tools: [
        {
          name: 'guest',
          description: 'x',
          category: 'x',
          effect: 'pure',
          input: { type: 'object' },
          permissions: { unjailed: ['*'], '*': ['*'] },
        },
      ],
    }
    const more = { contributes, permissions: { unjailed: ['*'] } } as Partial<Manifest>
    await using house = new House({ ...given, plugins: [plugin(folder, 'guest', '', more)] })
    const run = house.run('return Tool.execute("guest", {}).result', 'test.lua', { allow: {} })
    await expect(run).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  })
})

describe('two tools of ours give the same result in a process of their own', () => {
  let server: Server
  let url = ''
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.sendDate = false
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ lamps: 3, asked: request.method, text: 'ä'.repeat(50_000) }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterAll(() => void server.close())

  const CALLS: readonly (readonly [string, string, () => unknown])[] = [
    ['file-read', 'a file', () => ({ path: 'README.md' })],
    ['file-read', 'a part of it', () => ({ path: 'README.md', from_line: 2, to_line: 4 })],
    ['file-read', 'it as base64', () => ({ path: 'README.md', encoding: 'base64', length: 9 })],
    ['file-read', 'no file', () => ({ path: 'none.md' })],
    ['file-read', 'a file that is not granted', () => ({ path: '/etc/passwd' })],
    ['http-request', 'an answer', () => ({ url })],
    ['http-request', 'a post', () => ({ url, method: 'POST', json: { a: 1 } })],
    ['http-request', 'an address that is none', () => ({ url: 'nonsense' })],
  ]
  const hosted = { 'tool-file-read': 'process', 'tool-http-request': 'process' }
  let inside: House
  let apart: House
  beforeAll(() => {
    inside = new House({})
    apart = new House({ hosted })
  })
  afterAll(async () => {
    await inside[Symbol.asyncDispose]()
    await apart[Symbol.asyncDispose]()
  })

  const SCRIPTS = {
    'test.lua': (name: string, input: string) =>
      `return Tool.execute("${name}", JSON.parse([==[${input}]==]), { on_error = "return" })`,
    'test.js': (name: string, input: string) =>
      `return await Tool.execute('${name}', ${input}, { onError: 'return' })`,
  } as const

  test.each(CALLS)('%s: %s', async (name, _, input) => {
    for (const [file, source] of Object.entries(SCRIPTS)) {
      const run = (house: House) => house.run(source(name, JSON.stringify(input())), file)
      const [one, other] = [await run(inside), await run(apart)]
      expect(settled(other.value)).toEqual(settled(one.value))
    }
    expect(apart.row(`tool-${name}`)).toMatchObject({ host: 'process', state: 'active' })
  })
})

/** A result without what differs from call to call, in either language. */
function settled(value: unknown): unknown {
  const { metadata, ...rest } = value as { readonly metadata: object }
  const own = Object.entries(metadata).filter(([key]) => !/^(duration|execution|run)/.test(key))
  return { ...rest, metadata: Object.fromEntries(own) }
}
