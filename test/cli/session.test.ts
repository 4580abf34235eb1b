import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { envelope, Folder, llmspell, type Ended } from './support.ts'

const SCRIPT = `
local s = Session.get_current()
State.save('session', 'count', State.load('session', 'count', 0) + 1)
Artifact.save{ name = 'note.txt', content = 'note ' .. State.load('session', 'count') }
if ARGS.fail then error('no') end
return s.name`

let folder: Folder
let id = ''
beforeAll(async () => {
  folder = new Folder({ 'work.lua': SCRIPT })
  id = (await session('create', 'letters', '--tag', 'post,draft')).stdout.trim()
})
afterAll(() => folder[Symbol.dispose]())

function spell(words: readonly string[], home = 'home'): Promise<Ended> {
  const env = { LLMSPELL_HOME: join(folder.path, home) }
  return llmspell(words, { cwd: folder.path, env, input: '' })
}
const session = (...words: string[]): Promise<Ended> => spell(['session', ...words])
const json = async (...words: string[]): Promise<object> =>
  envelope(await session(...words, '--json'))

test('runs work in a session, which says what it holds', async () => {
  const durable = ['run', '--session', id, '--durable', '--run-id=one', '-q', 'work.lua']
  expect(await spell(durable)).toMatchObject({ code: 0, stdout: 'letters\n' })
  const failed = await spell(['run', `--session=${id.slice(0, 14)}`, 'work.lua', '--fail'])
  expect(failed.code).toBe(1)
  const shown = await json('show', id)
  expect(shown).toMatchObject({ artifacts: 2, session: { status: 'failed', runs: ['one'] } })
  expect((await session('show', id)).stdout).toContain('Artifacts  2')
  expect(await json('artifacts', id)).toMatchObject({
    artifacts: [{ sequence: 1 }, { sequence: 2 }],
  })
  const { stdout } = await session('list', '--tag', 'post', '--status', 'failed')
  expect(stdout).toContain('letters #post #draft')
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('a session goes through its life', async () => {
  const made = (await session('create', 'life')).stdout.trim()
  expect(await json('tag', made, 'a', 'b')).toMatchObject({ session: { tags: ['a', 'b'] } })
  expect(await json('tag', '--remove', made, 'a')).toMatchObject({ session: { tags: ['b'] } })
  for (const [verb, status] of [
    ['save', 'active'],
    ['suspend', 'suspended'],
    ['resume', 'active'],
    ['complete', 'completed'],
  ] as const)
    expect(await json(verb, made)).toMatchObject({ ok: true, session: { status } })
  expect(await json('resume', made)).toMatchObject({ error: { code: 'SESSION_ENDED' } })
  const late = await spell(['run', '--session', made, 'work.lua'])
  expect([late.code, late.stderr.includes('SESSION_ENDED')]).toEqual([3, true])
  expect((await session('delete', made)).stdout).toBe(`${made} is deleted.\n`)
})

test('a session is replayed offline, and tells what another model would be asked', async () => {
  expect(await json('replay', id)).toMatchObject({
    ok: true,
    identical: true,
    runs: [{ run_id: 'one', status: 'succeeded' }],
  })
  const shown = await session('replay', id, '--mode=simulate', '--change', 'Artifact.save')
  expect(shown.stdout).toContain('Artifact.save')
  expect((await session('replay', id, '--mode=modified')).code).toBe(3)
})

test('a session goes into one file, and into another installation', async () => {
  expect((await session('export', id, 'letters.session')).code).toBe(0)
  expect((await session('export', id, 'letters.session')).code).toBe(3)
  expect((await session('export', id, 'letters.session', '--force')).code).toBe(0)
  const taken = await json('import', 'letters.session')
  expect(taken).toMatchObject({ error: { code: 'SESSION_EXISTS' } })
  const words = ['session', 'import', 'letters.session', '--as', 'letters']
  const came = await spell(words, 'other')
  expect(came.stdout).toBe('letters is here: 1 run, 2 artifacts, 1 value of its state.\n')
  const again = await spell(['session', 'replay', 'letters'], 'other')
  expect([again.code, again.stdout.includes('identical')]).toEqual([0, true])
})

test('a session goes by its name as well, and nothing invisible is a name', async () => {
  const name = 'by-name'
  const made = (await session('create', name)).stdout.trim()
  expect(await json('show', name)).toMatchObject({ session: { id: made } })
  expect((await spell(['run', '--session', name, '-q', 'work.lua'])).stdout).toBe('by-name\n')
  const begun = await spell(['repl', '--session', made.slice(0, 14), '--json'])
  expect(begun.code).toBe(0)
  for (const bad of ['', 'a\u001B[1m'])
    expect((await spell(['repl', `--session=${bad}`])).stderr).toContain('error[FLAG_INVALID]')
  const { sessions } = (await json('list')) as { sessions: { name: string }[] }
  expect(
    sessions.filter((one) => !/^[\w-]+$/.test(one.name) || one.name.startsWith('session-')),
  ).toEqual([])
  await session('complete', made)
  expect((await session('delete', name)).code).toBe(0)
})

test('mistakes are named, with what was meant', async () => {
  const near = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`
  expect((await session('show', near)).stderr).toContain(id)
  expect((await session('shwo', id)).stderr).toContain('show')
  const none = await json('import', 'nothing.session')
  expect(none).toMatchObject({ error: { code: 'FILE_UNREADABLE' } })
  folder.write('text.session', 'no session at all')
  const text = await json('import', 'text.session')
  expect(text).toMatchObject({ error: { code: 'SESSION_FILE_DAMAGED' } })
  expect(await json('show', '../x')).toMatchObject({ error: { code: 'SESSION_ID_INVALID' } })
  expect(existsSync(join(folder.path, 'x'))).toBe(false)
  expect((await session('export', '--help')).stdout).toContain('session export session-4f')
})

test('a run wakes a session that was put aside, and says so', async () => {
  const made = (await session('create', 'aside')).stdout.trim()
  await session('suspend', made)
  const woken = await spell(['run', '--session', made, 'work.lua'])
  expect(woken.stderr).toContain(`session ${made} was suspended and is active again`)
  const again = await spell(['run', '--session', made, 'work.lua'])
  expect(again.stderr).not.toContain('suspended')
})

test('a session with a run that waits is deleted with a yes alone', async () => {
  folder.write('wait.lua', 'Run.wait_for("go")')
  const made = (await session('create', 'waits')).stdout.trim()
  const words = ['run', '--session', made, '--durable', '--run-id=waits', '--wait=0', 'wait.lua']
  expect((await spell(words)).code).toBe(75)
  const refused = await session('delete', made)
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('found waits')
  expect(await json('show', made)).toMatchObject({ ok: true })
  expect((await session('delete', made, '--yes')).stdout).toBe(`${made} is deleted.\n`)
})

test.each([
  [['session', 'import', 'nofile'], 3, 'FILE_UNREADABLE', 'session export'],
  [['session', 'resume', 'ended'], 3, 'SESSION_ENDED', 'new session'],
  [['state', 'set', 'limit', '{'], 2, 'VALUE_INVALID', '--text'],
])(
  '%j ends with %i, and its hint names no function of scripts',
  async (words, code, name, hint) => {
    const ended = (await session('create', 'over')).stdout.trim()
    await session('complete', ended)
    const failed = await spell(words.map((word) => (word === 'ended' ? ended : word)))
    expect([failed.code, failed.stderr.includes(name)]).toEqual([code, true])
    expect(failed.stderr).toContain(hint)
    expect(failed.stderr).not.toMatch(/(Session|State)\.[a-z]/)
  },
)
