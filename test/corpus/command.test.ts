import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApprovalQuestion, CallContext, PermissionSet, ToolResult } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { debianProgram } from '../support/debian.ts'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'

interface Row {
  readonly id: string
  readonly program: string
  readonly args?: readonly string[]
  readonly allow?: PermissionSet
  readonly deny?: PermissionSet
  readonly expect: string
  readonly hidden?: readonly string[]
  readonly path?: boolean
  readonly note?: string
  readonly [input: string]: unknown
}

interface Answer {
  /** The code of an error, or nothing. */
  readonly code?: string
  readonly result?: {
    readonly ok: boolean
    readonly ended: string
    readonly stdout: string
    readonly stderr: string
    readonly jail: string
    readonly folder: string
    readonly duration_ms: number
  }
  readonly all: string
}

const CANARY = 'canary-5d1f-variable'
const bubblewrap = debianProgram('bubblewrap', 'bwrap')
const PLUGINS = [
  'permissions',
  'sandbox',
  'files',
  'tools',
  'tool-command',
  'engine-lua',
  'script-runtime',
]
const { rows } = JSON.parse(readFileSync(new URL('command.json', import.meta.url), 'utf8')) as {
  readonly rows: readonly Row[]
}
let base = ''
let root = ''
let outside = ''
let house: House
let free: House
let server: Server

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'command-')))
  root = join(base, 'root')
  outside = join(base, 'outside')
  makeWorld()
  Object.assign(process.env, { CANARY_KEY: CANARY, LANG_OF_TEST: 'xx' })
  server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  house = await openHouse(PLUGINS, [], {
    plugins: { sandbox: { bubblewrap: bubblewrap.path ?? '/no-such' } },
  })
  free = await openHouse(PLUGINS, [hostPlugin], {
    plugins: { sandbox: { bubblewrap: '/no-such/bwrap' } },
  })
})

afterAll(async () => {
  await house?.kernel.stop()
  await free?.kernel.stop()
  server.close()
  delete process.env['CANARY_KEY']
  delete process.env['LANG_OF_TEST']
  rmSync(base, { recursive: true, force: true })
})

function makeWorld(): void {
  for (const folder of [
    'sub',
    'sub/.git',
    'sub/deep',
    '.git/hooks',
    '.llmspell',
    'node_modules/.bin',
  ])
    mkdirSync(join(root, folder), { recursive: true })
  mkdirSync(outside)
  const files = {
    'a.txt': 'inside\n',
    'sub/b.txt': 'below\n',
    '.git/config': '',
    'sub/deep/.git': 'gitdir: ../.git\n',
    'package.json': '{}',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  writeFileSync(join(root, '.llmspell', 'policy.toml'), '')
  writeFileSync(join(root, '.bashrc'), 'echo rc was read\n')
  writeFileSync(join(root, 'planted'), '#!/bin/sh\necho planted\n', { mode: 0o755 })
  writeFileSync(join(outside, 'secret.txt'), 'canary-file\n')
  copyFileSync('/bin/sh', join(root, 'copy-of-sh'))
  symlinkSync(outside, join(root, 'link-outside'))
}

function placed(text: string): string {
  const { port } = server.address() as AddressInfo
  const names = { root, outside, canary: CANARY, pid: String(process.pid), port: String(port) }
  return text.replaceAll(
    /\{(root|outside|canary|pid|port)\}/g,
    (_, name: keyof typeof names) => names[name],
  )
}

function placedIn<T>(value: T): T {
  return JSON.parse(placed(JSON.stringify(value))) as T
}

async function call(
  at: House,
  input: object,
  allow: PermissionSet,
  deny: PermissionSet = {},
): Promise<Answer> {
  const run = at.runtime.open({ root, allow, deny })
  try {
    const found = (await run.call('Tool', 'execute', ['command', input as never])) as ToolResult
    const result = found.result as unknown as NonNullable<Answer['result']>
    return { result, all: JSON.stringify(found) }
  } catch (error) {
    const { code, message, hint, details } = error as Record<string, string>
    return { code: code!, all: JSON.stringify([code, message, hint, details]) }
  } finally {
    await run.close()
  }
}

/** Any program, and the shells by name, unless the row says what is granted. */
const ANY: PermissionSet = { run: ['*', 'sh', 'bash'] }

function answer(at: House, row: Row): Promise<Answer> {
  const {
    id: _id,
    expect: _expect,
    hidden: _hidden,
    note: _note,
    path,
    allow = {},
    deny = {},
    ...input
  } = row
  const program = path ? `/usr/sbin/${row.program}` : row.program
  const granted = allow['run'] ? allow : { ...ANY, ...allow }
  const all = path ? { ...granted, run: [...granted['run']!, program] } : granted
  return call(at, placedIn({ ...input, program }), placedIn(all), placedIn(deny))
}

/** What was found, in the words of the row. */
function verdict(expected: string, { code, result, all }: Answer): string {
  const [kind, ...rest] = expected.split(':')
  const text = placed(rest.join(':'))
  if (!result) return code === expected ? expected : all
  const { ok, stdout, ended } = result
  if (kind === 'any') return 'any'
  if (kind === 'ok') return ok ? `ok:${stdout}` : all
  if (kind === 'has') return ok && stdout.includes(text) ? `has:${text}` : all
  if (kind === 'fails') return ok ? all : 'fails'
  return `ended:${ended}`
}

if (bubblewrap.reason) console.warn(`Rows of the jail are skipped: ${bubblewrap.reason}.`)

describe.skipIf(bubblewrap.reason)('the corpus of programs, in the jail', () => {
  test.each(rows)('$id: $program $args → $expect', { timeout: 15_000 }, async (row) => {
    const found = await answer(house, row)
    expect(verdict(row.expect, found)).toBe(placed(row.expect))
    expect((row.hidden ?? []).filter((text) => found.all.includes(placed(text)))).toEqual([])
    expect(found.result?.jail ?? 'bubblewrap').toBe('bubblewrap')
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('inside\n')
  })

  test('an output without end is stopped within 50 ms of its cap', async () => {
    const jail = await house.kernel.use('jail')
    const times: number[] = []
    for (let i = 0; i < 10; i++) {
      let last = 0
      const onOutput = (): void => void (last = performance.now())
      const limits = { outputBytes: 100_000 }
      const end = await jail.run({
        program: '/usr/bin/yes',
        args: [],
        folder: '/tmp',
        limits,
        onOutput,
        subject: 'It',
      })
      expect([end.ended, end.stdout.byteLength]).toEqual(['output', 100_000])
      times.push(performance.now() - last)
    }
    // The middle one: other tests have the machine too.
    expect(times.sort((a, b) => a - b)[5]).toBeLessThan(50)
  })
})

/** Ways to outlive one's parent; each leaves a process that sleeps this many seconds. */
const SHAPES: Readonly<Record<string, (seconds: string) => string>> = {
  grandchild: (s) => `sh -c 'sh -c "sleep ${s}" & sleep 0.01'`,
  background: (s) => `sleep ${s} & true`,
  setsid: (s) => `setsid sleep ${s} & sleep 0.01`,
  'double fork': (s) => `(setsid sh -c '(sleep ${s} &) & exit' &) ; sleep 0.01`,
  'ignores TERM': (s) => `(trap '' TERM HUP INT; setsid sleep ${s} &) ; sleep 0.01`,
  'daemon with nothing open': (s) =>
    `setsid -f env -i sleep ${s} </dev/null >/dev/null 2>&1; sleep 0.01`,
}
const TIMES = process.env['LLMSPELL_TEST_FULL'] === '1' ? 100 : 20

/** Processes of the machine that sleep for that long, and are not dead. */
function sleepers(seconds: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      return line === `sleep\0${seconds}\0`
    } catch {
      return false
    }
  })
}

let sleeps = 0
/** A time that no other process sleeps. */
function someSeconds(): string {
  return `86${String(process.pid % 10_000).padStart(4, '0')}.${++sleeps}`
}

describe.skipIf(bubblewrap.reason)('nothing is left of a program in the jail', () => {
  test.each(Object.keys(SHAPES))(`%s, ${TIMES} times`, { timeout: 120_000 }, async (shape) => {
    const jail = await house.kernel.use('jail')
    const left: string[] = []
    let seen = 0
    for (let i = 0; i < TIMES; i++) {
      const seconds = someSeconds()
      const script = `${SHAPES[shape]!(seconds)}; ps ax | grep -c '[s]leep ${seconds}'`
      const args = ['-c', script]
      const end = await jail.run({ program: '/bin/sh', args, folder: '/tmp', subject: 'It' })
      // That it was alive is part of the proof.
      if (Number(Buffer.from(end.stdout).toString()) > 0) seen++
      left.push(...sleepers(seconds))
    }
    expect([left, seen]).toEqual([[], TIMES])
  })

  test('also when it is ended, or its caller goes away', async () => {
    const jail = await house.kernel.use('jail')
    for (const how of ['time', 'signal', 'output']) {
      const seconds = someSeconds()
      const script = `${SHAPES['daemon with nothing open']!(seconds)}; ${how === 'output' ? 'yes' : 'sleep 50'}`
      const stop = new AbortController()
      const limits = how === 'time' ? { timeMs: 150 } : { outputBytes: 1000 }
      const args = ['-c', script]
      setTimeout(() => stop.abort(), how === 'signal' ? 150 : 60_000).unref()
      const { signal } = stop
      const shared = { folder: '/tmp', subject: 'It', limits, signal }
      const end = await jail.run({ program: '/bin/sh', args, ...shared })
      expect(end.ended).not.toBe('exit')
      expect(sleepers(seconds)).toEqual([])
    }
  })
})

/** Prints all memory that it may read of a process. */
const MEMORY = String.raw`open M,"$ARGV[0]/maps"; open F,"$ARGV[0]/mem" or exit; for (<M>) { next unless /^(\w+)-(\w+) r/; sysseek F,hex($1),0; sysread F,$b,hex($2)-hex($1); print $b }`

/** Where a secret of the host could be found by a program. */
const LEAK = `
env; cat /proc/*/environ /proc/*/cmdline; ls -laR /root /home /run /var/run
for p in /proc/[0-9]*; do cat $p/maps; perl -e '{memory}' $p; done
cat ~/.ssh/* ~/.bashrc ~/.netrc $HOME/* {home}/* {home}/.* {outside}/* /etc/shadow /etc/passwd
for s in $SSH_AUTH_SOCK {agent} /run/docker.sock; do ls -la $s; echo x | perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(shift); print <$s>' $s; done
cat /proc/keys; cat /dev/shm/* /tmp/* /dev/kmsg; cat /proc/self/fd/*
for fd in 3 4 5 6 7 8 9; do cat <&$fd; done
`

test.skipIf(bubblewrap.reason)('a program that looks everywhere finds no secret', async () => {
  const home = join(base, 'home')
  mkdirSync(join(home, '.ssh'), { recursive: true })
  for (const name of ['.ssh/id_rsa', '.bashrc', 'notes.txt', '.netrc'])
    writeFileSync(join(home, name), CANARY)
  const agent = join(home, 'agent.sock')
  const listener = createServer((socket) => socket.end(CANARY)).listen(agent)
  Object.assign(process.env, { SSH_AUTH_SOCK: agent })
  const script = placed(
    LEAK.replace('{memory}', () => MEMORY)
      .replaceAll('{home}', home)
      .replaceAll('{agent}', agent),
  )
  const jail = await house.kernel.use('jail')
  const args = ['-c', `${script.trim()}; true`]
  const shown = { folder: root, read: [root], write: [root] }
  const limits = { outputBytes: 64_000_000 }
  const end = await jail.run({ program: '/bin/bash', args, ...shown, limits, subject: 'It' })
  // The same look at files and sockets without a jail finds it: the looking is not at fault.
  const look = script.split('\n').filter((line) => /^(?:cat ~|for s)/.test(line))
  const free = { program: '/bin/bash', args: ['-c', look.join('\n')], folder: root, subject: 'It' }
  const control = await jail.run({ ...free, jailed: false, env: { SSH_AUTH_SOCK: agent } })
  listener.close()
  delete process.env['SSH_AUTH_SOCK']
  expect(Buffer.from(control.stdout).includes(CANARY)).toBe(true)
  expect([end.ended, end.code]).toEqual(['exit', 0])
  const all = Buffer.concat([end.stdout, end.stderr])
  // It did look: its own memory is in what it found.
  expect(all.byteLength).toBeGreaterThan(1_000_000)
  for (const secret of [CANARY, 'canary-file']) expect(all.includes(secret)).toBe(false)
})

test('a model hands on no secret, whatever is granted', async () => {
  const input = { program: 'env', inherit: ['CANARY_KEY'] }
  const nested = { actor: { kind: 'agent', name: 'poet' } }
  const act = (context: CallContext): Promise<unknown> =>
    context.call('Tool', 'execute', ['command', input], nested)
  const allow = { run: ['env'], unjailed: ['env'], env: ['CANARY_KEY'] }
  await expect(inRun(free, act, { root, allow })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    message: expect.stringContaining('rule for models'),
  })
})

describe.skipIf(bubblewrap.reason)('what decides over runs cannot be written', () => {
  const shell = { run: ['sh'], read: ['.'], write: ['.'] }
  const write = (path: string): object => ({ program: 'sh', args: ['-c', `echo x > ${path}`] })

  test('in a home folder', async () => {
    const home = process.env['HOME']
    for (const place of [root, join(root, 'sub')]) {
      process.env['HOME'] = place
      const { result } = await call(house, write('.config-of-test'), shell)
      expect(result).toMatchObject({ ok: false, folder: 'read' })
    }
    if (home === undefined) delete process.env['HOME']
    else process.env['HOME'] = home
  })

  test('wherever the config puts it', async () => {
    const audit = join(root, 'own', 'audit')
    mkdirSync(audit, { recursive: true })
    const plugins = { sandbox: { bubblewrap: bubblewrap.path! }, permissions: { audit } }
    const own = await openHouse(PLUGINS, [], { plugins })
    const { result } = await call(own, write('own/audit/x'), shell)
    expect(result).toMatchObject({ ok: false, folder: 'write' })
    expect((await call(own, write('own/x'), shell)).result).toMatchObject({ ok: true })
    await own.kernel.stop()
  })
})

describe('without a jail', () => {
  test('it fails closed: run alone is not enough', async () => {
    const found = await call(free, { program: 'echo' }, { run: ['echo'] })
    expect(found.code).toBe('PERMISSION_DENIED')
    expect(found.all).toContain('unjailed')
  })

  test('another program may not run either', async () => {
    const allow = { run: ['echo', 'id'], unjailed: ['echo'] }
    expect((await call(free, { program: 'id' }, allow)).code).toBe('PERMISSION_DENIED')
  })

  test('with the right to it, the result says that nothing shut it in', async () => {
    const allow = { run: ['*', 'sh'], unjailed: ['*'] }
    const { result } = await call(free, { program: 'echo', args: ['x'] }, allow)
    expect(result).toMatchObject({ stdout: 'x\n', jail: 'none', folder: 'host' })
    const shell = { program: 'sh', args: ['-c', 'env'] }
    const { result: seen } = await call(free, shell, allow)
    expect(seen?.stdout).toContain('PATH=')
    expect(seen?.stdout).not.toContain(CANARY)
  })

  test('what may read nothing starts in an empty folder of its own, which goes', async () => {
    const allow = { run: ['sh'], unjailed: ['sh'] }
    const script = 'pwd; ls -A; echo left > behind; ls -A'
    const found = await call(free, { program: 'sh', args: ['-c', script] }, allow)
    const [place, ...entries] = found.result!.stdout.trim().split('\n')
    expect(entries).toEqual(['behind'])
    expect(place).toContain('llmspell-empty-')
    expect(existsSync(place!)).toBe(false)
  })

  test('a denial names all that is missing', async () => {
    const found = await call(free, { program: 'echo', env: { TZ: 'UTC' }, network: true }, {})
    expect(found.all).toContain(
      "Add --allow-run=echo --allow-unjailed=echo --allow-net='*:*' --allow-net-private --allow-env=TZ",
    )
  })

  test('one question shows all of a command and answers for all that it needs', async () => {
    const asked: ApprovalQuestion[] = []
    const input = { program: 'cat', stdin: 'a\n\u202Eb\nc\nd', env: { TZ: 'UTC' } }
    const ask = (question: ApprovalQuestion): Promise<'once'> => {
      asked.push(question)
      return Promise.resolve('once')
    }
    const act = (context: CallContext): Promise<unknown> =>
      context.call('Tool', 'execute', ['command', input])
    const ended = (await inRun(free, act, { root, ask })) as ToolResult
    expect(ended.result).toMatchObject({ stdout: input.stdin })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({
      noRule: expect.any(String),
      need: {
        target: 'cat',
        facts: {
          argv: ['cat'],
          folder: 'an empty folder',
          env: { TZ: 'UTC' },
          stdin: { bytes: 10, sha256: expect.any(String), first: 'a\n\\u{202e}b\nc' },
        },
        also: [
          { permission: 'unjailed', target: 'cat' },
          { permission: 'env', target: 'TZ' },
        ],
      },
    })
  })

  test('the service runs nothing unasked', async () => {
    const jail = await free.kernel.use('jail')
    expect(await jail.report()).toMatchObject({ kind: 'none', hint: expect.stringMatching(/\S/) })
    const running = jail.run({ program: '/bin/true', args: [], folder: '/tmp', subject: 'It' })
    await expect(running).rejects.toMatchObject({ code: 'JAIL_MISSING' })
  })

  test.each(Object.keys(SHAPES))('what can be found of it is ended: %s', async (shape) => {
    const seconds = someSeconds()
    const shell = { program: 'sh', args: ['-c', SHAPES[shape]!(seconds)] }
    await call(free, shell, { run: ['sh'], unjailed: ['sh'] })
    const left = sleepers(seconds)
    for (const pid of left) process.kill(Number(pid), 'SIGKILL')
    // What sheds both its session and its variables is not found: the README says so.
    expect(left.length).toBe(shape === 'daemon with nothing open' ? 1 : 0)
  })

  test.each([
    ['yes', { max_output: 1000 }, 'output'],
    ['sleep', { args: ['60'], timeout: '200ms' }, 'timeout'],
  ])('the limits hold: %s', async (program, more, ended) => {
    const found = await call(free, { program, ...more }, { run: ['*'], unjailed: ['*'] })
    expect(found.result).toMatchObject({ ended, ok: false })
  })
})
