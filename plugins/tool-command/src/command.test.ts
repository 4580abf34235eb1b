import type { JailReport } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import { beforeAll, expect, test } from 'vitest'
import { ProgramJail } from '../../sandbox/src/jail/jail.ts'
import type { CommandResult } from './generated/output.ts'
import plugin from './index.ts'

const allow = { run: ['*'], unjailed: ['*'], env: ['*'], read: ['/'] }
const grants = [{ holder: 'command line', allow }]
const permissions = {
  decide: () => ({ allowed: true as const, rule: 'read=/', holder: 'command line' }),
  require: () => Promise.resolve(),
  mark: () => undefined,
  labels: () => new Set<never>(),
}
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'command',
  services: { jail: new ProgramJail(undefined, new AbortController().signal), permissions },
  config: { path: ['/usr/local/bin', '/usr/bin', '/bin'] },
  grants,
}

toolSuite(options)

let bench: ToolBench
let report: JailReport
beforeAll(async () => {
  bench = await toolBench(options)
  report = await options.services.jail.report()
})

async function run(program: string, args: string[], more: object = {}): Promise<CommandResult> {
  const { result } = await bench.run({ program, args, ...more })
  return result as unknown as CommandResult
}

test('a program ends well', async () => {
  expect(await run('echo', ['a', 'b  c'])).toMatchObject({
    ok: true,
    code: 0,
    signal: null,
    ended: 'exit',
    stdout: 'a b  c\n',
    truncated: false,
    invalid: false,
    jail: report.kind,
  })
})

test('a program that fails is a result', async () => {
  expect(await run('sh', ['-c', 'echo no >&2; exit 3'])).toMatchObject({
    ok: false,
    code: 3,
    stderr: 'no\n',
  })
})

test('bytes that are no text are replaced, and it says so', async () => {
  expect(await run('printf', [String.raw`a\377b`])).toMatchObject({
    stdout: 'a\uFFFDb',
    invalid: true,
  })
})

test('a character that the cap cuts is no fault', async () => {
  expect(await run('printf', ['aé'], { max_output: 2 })).toMatchObject({
    ok: false,
    ended: 'output',
    stdout: 'a',
    truncated: true,
    invalid: false,
  })
})

test('pieces come as they are written', async () => {
  const pieces: [number, string][] = []
  const started = performance.now()
  const emit = (chunk: { text?: string }): void =>
    void pieces.push([performance.now() - started, chunk.text ?? ''])
  await bench.run(
    { program: 'sh', args: ['-c', 'printf 1; sleep 0.3; printf 2'] },
    { streamed: true, emit },
  )
  expect(pieces.map(([, text]) => text)).toEqual(['1', '2'])
  expect(pieces[1]![0] - pieces[0]![0]).toBeGreaterThan(200)
})

test('a slow reader holds the program back', async () => {
  const gate = Promise.withResolvers<void>()
  let pieces = 0
  const emit = (): Promise<void> => (pieces++, gate.promise)
  const args = ['-c', '1000000', '/dev/zero']
  const running = bench.run(
    { program: 'head', args, max_output: 2_000_000 },
    { streamed: true, emit },
  )
  await expect.poll(() => pieces, { timeout: 10_000 }).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(pieces).toBe(1)
  gate.resolve()
  expect(((await running).result as unknown as CommandResult).code).toBe(0)
})

test.each([
  ['no-such-program-5d1f', 'PROGRAM_UNKNOWN', 'Correct the name'],
  ['git log', 'PROGRAM_UNKNOWN', 'one by one'],
  ['./x', 'PROGRAM_UNKNOWN', 'Correct the name'],
])('%s is %s', async (program, code, hint) => {
  await expect(run(program, [])).rejects.toMatchObject({
    code,
    hint: expect.stringContaining(hint),
  })
})

test.each([
  'LD_PRELOAD',
  'NODE_OPTIONS',
  'BASH_ENV',
  'GIT_SSH_COMMAND',
  'PYTHONPATH',
  'PERL5OPT',
  'PATH',
  'IFS',
  'a=b',
  '',
])("the variable '%s' is refused", async (name) => {
  await expect(run('env', [], { env: { [name]: 'x' } })).rejects.toMatchObject({
    code: 'COMMAND_VARIABLE',
  })
})
