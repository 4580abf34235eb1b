import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Command, CommandEnd } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { jailOptions } from './arguments.ts'
import { ProgramJail } from './jail.ts'

// Programs as they are: the jail itself is tested by the corpus, on machines that have one.
let stop: AbortController
let jail: ProgramJail
beforeEach(() => {
  stop = new AbortController()
  jail = new ProgramJail('/no-such/bwrap', stop.signal)
})
afterEach(() => jail.close())

function sh(script: string, more: Partial<Command> = {}): Promise<CommandEnd> {
  const args = ['-c', script]
  const command = { program: '/bin/sh', args, folder: '/tmp', subject: "Tool 'test'" }
  return jail.run({ ...command, jailed: false, ...more })
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}

test('a program ends with its code and its output', async () => {
  const end = await sh('echo out; echo err >&2; exit 3')
  expect(end).toMatchObject({ code: 3, signal: null, ended: 'exit', jail: 'none' })
  expect([text(end.stdout), text(end.stderr)]).toEqual(['out\n', 'err\n'])
})

test('its environment is what was given', async () => {
  process.env['SANDBOX_CANARY'] = 'canary'
  const { stdout } = await sh('env', { env: { GIVEN: 'x y' } })
  delete process.env['SANDBOX_CANARY']
  expect(text(stdout)).toContain('GIVEN=x y\n')
  expect(text(stdout)).not.toContain('canary')
})

describe('its input', () => {
  async function* pieces(count: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) yield Buffer.from(await Promise.resolve(`${i} `))
  }

  test('is empty, bytes, or a stream', async () => {
    expect(text((await sh('cat')).stdout)).toBe('')
    expect(text((await sh('cat', { input: Buffer.from('in') })).stdout)).toBe('in')
    expect(text((await sh('cat', { input: pieces(3) })).stdout)).toBe('0 1 2 ')
  })

  test('need not be read', async () => {
    expect((await sh('exit 0', { input: pieces(Infinity) })).code).toBe(0)
    expect((await sh('exit 0', { input: new Uint8Array(1 << 22) })).code).toBe(0)
  })

  test('that fails ends it', async () => {
    // oxlint-disable-next-line require-yield
    const broken = (async function* (): AsyncGenerator<Uint8Array> {
      throw new Error(await Promise.resolve('no more'))
    })()
    await expect(sh('cat; sleep 60', { input: broken })).rejects.toThrow('no more')
  })
})

describe('its output', () => {
  test('is cut exactly at the cap, and one byte less is no overflow', async () => {
    const end = await sh('printf 12345', { limits: { outputBytes: 4 } })
    expect([end.ended, text(end.stdout)]).toEqual(['output', '1234'])
    expect((await sh('printf 12345', { limits: { outputBytes: 5 } })).ended).toBe('exit')
  })

  test('is not waited for where a stranger holds the pipe', async () => {
    const started = performance.now()
    const end = await sh('setsid env -i sleep 3 & sleep 0.05; echo done')
    expect(text(end.stdout)).toBe('done\n')
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('of a stranger who writes on is left at last', async () => {
    const started = performance.now()
    const end = await sh(
      'setsid env -i sh -c "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do echo x; sleep 0.1; done" & sleep 0.1',
    )
    expect(end.code).toBe(0)
    expect(performance.now() - started).toBeLessThan(3500)
  })

  test('that its reader refuses ends it', async () => {
    const onOutput = (): never => {
      throw new Error('enough')
    }
    await expect(sh('yes', { onOutput })).rejects.toThrow('enough')
  })
})

describe('it is ended', () => {
  test.each([
    ['sleep 60', 'timeout', 1000],
    ["trap '' TERM; while :; do sleep 1; done", 'timeout', 2000],
  ])('%s by its time', async (script, ended, within) => {
    const end = await sh(script, { limits: { timeMs: 200 } })
    expect(end.ended).toBe(ended)
    expect(end.durationMs).toBeLessThan(within)
  })

  test('by its caller', async () => {
    const signal = AbortSignal.timeout(100)
    expect(await sh('sleep 60', { signal })).toMatchObject({ ended: 'cancelled', code: null })
    expect((await sh('sleep 60', { signal: AbortSignal.abort() })).ended).toBe('cancelled')
  })

  test('when the plugin goes', async () => {
    const running = sh('sleep 60')
    setTimeout(() => stop.abort(), 50)
    expect((await running).ended).toBe('cancelled')
  })
})

test.each([
  ['a program that is not there', { program: '/no-such/program' }, 'not there'],
  ['a relative program', { program: 'sh' }, 'absolute'],
  ['a file that is none', { program: '/etc/passwd' }, 'not there, or is none'],
  ['a NUL', { args: ['a\0b'] }, 'NUL'],
  ['a variable without a name', { env: { 'a=b': '' } }, 'proper name'],
  ['a folder that is not there', { folder: '/no-such' }, 'folder is not there'],
])('%s does not start', async (_name, more, words) => {
  await expect(sh('true', more)).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: expect.stringMatching(new RegExp(`^Tool 'test' did not start: .*${words}`)),
  })
})

test('without a jail nothing runs unless it was said', async () => {
  expect(await jail.report()).toMatchObject({ kind: 'none', reason: expect.any(String) })
  await expect(sh('true', { jailed: true })).rejects.toMatchObject({
    code: 'JAIL_MISSING',
    hint: (await jail.report()).hint,
  })
})

test('what is shown deeper comes later, and what is hidden last', () => {
  const folder = '/usr/share'
  const command = { program: '/bin/sh', args: [], folder, subject: 'It' }
  const shown = {
    write: ['/usr/share', '/usr/share/doc'],
    read: ['/usr/share/doc/a'],
    hide: ['/usr/share/man'],
  }
  const options = jailOptions({ ...command, ...shown }, { nested: false })
  const place = (path: string): number => options.lastIndexOf(path)
  expect(place('/usr/share')).toBeGreaterThan(-1)
  expect(options.indexOf('/usr/share/doc')).toBeGreaterThan(options.indexOf('/usr/share'))
  expect(options.indexOf('/usr/share/doc/a')).toBeGreaterThan(place('/usr/share/doc'))
  expect(options).not.toContain('--share-net')
  expect(jailOptions({ ...command, network: true }, { nested: true })).toContain('--share-net')
})

test.runIf(process.platform === 'linux')(
  'descriptors that were left open are not handed on',
  async () => {
    const code = `
    import { ProgramJail } from ${JSON.stringify(new URL('jail.ts', import.meta.url).href)}
    const jail = new ProgramJail('/no-such', new AbortController().signal)
    const command = { program: '/bin/ls', args: ['-l', '/proc/self/fd'], folder: '/tmp', subject: 'It' }
    const end = await jail.run({ ...command, jailed: false })
    process.stdout.write(end.stdout)`
    const flags = ['--conditions=@llmspell/source', '--input-type=module', '-e', code]
    const stdio = [
      'ignore',
      'pipe',
      'inherit',
      'ignore',
      'ignore',
      'ignore',
      'ignore',
      'pipe',
    ] as const
    const child = spawn(process.execPath, flags, { stdio: [...stdio] })
    const said = (await (child.stdout as Readable).toArray()).join('')
    const seven = said.split('\n').find((line) => / 7 -> /.test(line)) ?? ''
    expect(said).toContain(' 1 -> ')
    expect(seven.replace(/.*-> /, '')).toMatch(/^(?:\/dev\/null)?$/)
  },
)

describe('a program that stays', () => {
  const echo = "const s = new (require('node:net').Socket)({ fd: 5 }); s.pipe(s)"
  const start = (code: string, more: object = {}) => {
    const args = ['-e', code]
    const given = { program: process.execPath, args, folder: '/tmp', subject: 'Plugin' }
    return jail.start({ ...given, jailed: false, limits: { memoryBytes: 2 ** 31 }, ...more })
  }

  test('answers on its channel until it is killed', async () => {
    const child = await start(echo)
    child.channel.write('hello')
    const [piece] = (await once(child.channel, 'data')) as [Buffer]
    expect(text(piece)).toBe('hello')
    child.kill()
    expect(await child.ended).toMatchObject({ signal: 'SIGKILL' })
  })

  test('ends with the jail, and tells how it ended by itself', async () => {
    const child = await start("console.error('x'.repeat(1e5) + 'last words'); process.exit(3)")
    const end = await child.ended
    expect(end.code).toBe(3)
    expect(end.stderr).toMatch(/last words\n$/)
    expect(end.stderr.length).toBeLessThanOrEqual(8192)
    const other = await start(echo)
    stop.abort()
    expect(await other.ended).toMatchObject({ signal: 'SIGKILL' })
  })

  test('is refused without a jail, and where it is not there', async () => {
    await expect(start(echo, { jailed: true })).rejects.toMatchObject({ code: 'JAIL_MISSING' })
    const missing = start(echo, { program: '/no-such/program' })
    await expect(missing).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  })
})
