import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createRuntime, type Runtime } from '@llmspell/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serverOf } from '../../examples/embed-fastify/src/server.ts'
import { ROOT } from '../support/root.ts'

const example = (name: string): string => join(ROOT, 'examples', name, 'src', 'index.ts')

const run = (argv: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, argv, { timeout: 30_000 })

test('the example host runs a script with a tool of its own and ends by itself', async () => {
  const { stdout, stderr } = await run([example('embed-host')])
  const [value, calls] = stdout.trim().split('\n')
  expect(JSON.parse(value!)).toEqual({ lamps: 12, answer: expect.stringContaining('3') })
  expect(calls).toMatch(/^\d+ calls through the door$/)
  expect(stderr).toContain("agent 'clerk'")
})

test('the desktop example cancels one answer, reads another, and ends with its window', async () => {
  const { stdout } = await run([example('embed-desktop')])
  const [first, second, last] = stdout.trim().split('\n')
  expect([first, second]).toEqual(['CANCELLED', expect.stringContaining('offline mock model')])
  expect(last).toContain('the window has closed')
})

test('the tests of the test runner pass, offline', async () => {
  const { stdout } = await run(['--test', '--test-reporter=tap', example('embed-test-runner')])
  expect(stdout).toMatch(/^# pass 4$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
})

test('the serverless handler works where nothing can be written', async () => {
  const flags = ['--permission', '--allow-fs-read=*']
  const { stdout, stderr } = await run([...flags, example('embed-serverless')])
  const rows = stdout.trim().split('\n')
  expect(rows.map((row) => row.split(' ').slice(0, 2).join(' '))).toEqual([
    'cold 200',
    'warm 200',
    'agent 200',
    'failed 422',
  ])
  expect(rows.at(-1)).toContain('PERMISSION_DENIED')
  expect(stderr).toMatch(/^cold: [\d.]+ ms$/m)
})

describe('the fastify server', () => {
  let runtime: Runtime
  let server: ReturnType<typeof serverOf>
  let origin: string
  /** How runs and agents have ended, in order. */
  const ended: unknown[] = []
  let tell: () => void = () => {}
  beforeAll(async () => {
    const plugins = { 'provider-mock': { delay_ms: 50 } }
    runtime = createRuntime({ profile: 'agents', config: { model: 'mock/demo', plugins } })
    const hooks = await runtime.use('hooks')
    const note = ({ ok, error }: { readonly ok: boolean; readonly error?: unknown }): void => {
      ended.push(ok ? 'ok' : (error as { code: string }).code)
      tell()
    }
    hooks.tap('script.done', note)
    hooks.tap('agent.done', note)
    server = serverOf(runtime)
    origin = await server.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(async () => {
    await server.close()
    await runtime.dispose()
  })

  const post = (source: string, more: object = {}) =>
    server.inject({ method: 'POST', url: '/run', payload: { source, ...more } })

  test('runs scripts of both languages with limits', async () => {
    expect((await post('return 6 * 7')).json()).toMatchObject({ value: 42 })
    const js = await post('export default 6 * 7', { engine: 'javascript' })
    expect(js.json()).toMatchObject({ value: 42 })
    const denied = await post('return Tool.file_read{ path = "package.json" }')
    expect([denied.statusCode, denied.json()]).toMatchObject([403, { code: 'PERMISSION_DENIED' }])
    expect((await post('error("no")')).statusCode).toBe(422)
    expect((await post('return 1', { engine: 'basic' })).statusCode).toBe(400)
  })

  test('streams an answer', async () => {
    const { headers, body } = await server.inject('/ask?question=What+is+6*7')
    expect(headers['content-type']).toBe('text/event-stream')
    expect(body).toContain('event: text\n')
    expect(body).toMatch(/event: done\ndata: \{"usage":.*\n\n$/)
  })

  test.each<[string, string, RequestInit]>([
    ['an answer', '/ask?question=Say+what+you+are', {}],
    [
      'a script',
      '/run',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ source: 'Run.sleep("1h")' }),
      },
    ],
  ])('cancels %s when its client goes', async (what, path, init) => {
    ended.length = 0
    const end = new Promise<void>((resolve) => (tell = resolve))
    const hooks = await runtime.use('hooks')
    const begun = new Promise<void>((resolve) => {
      const undo: () => void = hooks.tap('script.start', () => (undo(), resolve()))
    })
    const client = new AbortController()
    const asked = fetch(origin + path, { ...init, signal: client.signal })
    if (what === 'a script') await begun
    else await (await asked).body!.getReader().read()
    client.abort()
    await asked.catch(() => {})
    await end
    expect(ended).toEqual(['CANCELLED'])
  })
})
