import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Home } from './state-home.ts'
import { llmspell, widest } from './support.ts'
import { HAS_TERMINAL, onTerminal } from './terminal.ts'

const store = new URL('../../plugins/store-level/package.json', import.meta.url)
const { ClassicLevel } = createRequire(store)('classic-level') as typeof import('classic-level')
const BUFFERS = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const

const KEY = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD'

const LINES = [
  { format: 'llmspell-state/1' },
  { scope: 'global', key: 'a', value: 1 },
  { scope: 'global', key: 'b', value: 1 },
  { end: true, entries: 2 },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('')

describe('one value', () => {
  test('is set, read, listed and removed', async () => {
    using home = new Home()
    expect(await home.state(['set', 'colour', 'blue'])).toMatchObject({ code: 0 })
    expect(
      await home.state(['set', 'limit', '-', '-s', 'agent:clerk'], { input: '{"a":[1]}\n' }),
    ).toMatchObject({ code: 0, stderr: '' })
    expect(await home.state(['get', 'colour'])).toMatchObject({ code: 0, stdout: 'blue\n' })
    expect(await home.json(['get', 'limit', '--scope', 'agent:clerk'])).toMatchObject({
      scope: 'agent:clerk',
      value: { a: [1] },
    })
    const list = await home.state(['list'])
    expect(list.stdout).toMatch(/^global +colour +blue\nagent:clerk +limit +\{"a":\[1\]\}\n/m)
    expect(widest(list.stdout)).toBeLessThanOrEqual(80)
    expect(await home.state(['delete', 'colour'])).toMatchObject({ code: 0 })
    expect(await home.json(['list'])).toMatchObject({ entries: [{ key: 'limit' }], more: false })
  })

  test('that is missing is told with the nearest', async () => {
    using home = new Home()
    await home.state(['set', 'colour', 'blue'])
    for (const word of ['get', 'delete']) {
      const { code, stderr } = await home.state([word, 'color'])
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr:
          "error[STATE_NOT_FOUND]: 'color' is not kept in 'global'.\nhint: Did you mean 'colour'?\n",
      })
    }
  })

  test.each([
    [['set', 'a/../b', '1'], 'STATE_KEY_INVALID'],
    [['get', 'k', '--scope', 'run:r'], 'FLAG_INVALID'],
    [['import', 'none.jsonl'], 'FILE_UNREADABLE'],
    [['import', '.'], 'FILE_UNREADABLE'],
    [['restore', './none.bak'], 'FILE_UNREADABLE'],
  ])('%j is refused with %s', async (words, code) => {
    using home = new Home()
    expect(await home.json(words)).toMatchObject({ ok: false, error: { code } })
  })

  test('that looks like a secret is hidden until somebody wants to see it', async () => {
    using home = new Home()
    await home.state(['set', 'login', JSON.stringify({ password: 'hunter2', key: KEY, n: 1 })])
    const shown = [await home.state(['get', 'login']), await home.state(['list', '--json'])]
    for (const { stdout } of shown) expect(stdout).not.toMatch(/hunter2|sk-proj/)
    expect(shown[0]!.stderr).toContain('--reveal')
    expect(JSON.parse((await home.state(['get', 'login', '--reveal'])).stdout)).toEqual({
      password: 'hunter2',
      key: KEY,
      n: 1,
    })
  })
})

describe('export and import', () => {
  test('carry bytes, time to live and text as they are, in a file for one', async () => {
    using home = new Home()
    using other = new Home()
    const save =
      'State.save("global", "b", Media.base64("AP8B"):bytes()) State.save("shelf", "t", "\u{e9}\\n", { ttl = "1h" })'
    expect(await home.exec(save)).toMatchObject({ code: 0, stderr: '' })
    const file = join(home.path, 's.jsonl')
    expect(await home.state(['export', '--out', file])).toMatchObject({ code: 0, stdout: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await other.json(['import', file])).toMatchObject({ entries: 2, written: 2 })
    expect((await other.state(['export'])).stdout.replace(/"expires_at":\d+/, '')).toBe(
      readFileSync(file, 'utf8').replace(/"expires_at":\d+/, ''),
    )
    const look =
      'return Media.from_bytes(State.load("global", "b"), "application/octet-stream"):base64()'
    expect(await other.exec(look)).toMatchObject({ code: 0, stdout: 'AP8B\n' })
  })

  test('change nothing where a key is there, unless told what to do', async () => {
    using home = new Home({ 's.jsonl': LINES })
    await home.state(['set', 'b', '2'])
    expect(await home.json(['import', 's.jsonl'])).toMatchObject({
      error: { code: 'STATE_CONFLICT', details: { key: 'b' } },
    })
    const skip = await home.json(['import', 's.jsonl', '--existing=skip'])
    expect(skip).toMatchObject({ existing: 1, written: 1 })
    expect(await home.json(['list'])).toMatchObject({ entries: [{ value: 1 }, { value: 2 }] })
    await home.state(['import', 's.jsonl', '--existing=replace'])
    expect(await home.json(['list'])).toMatchObject({ entries: [{ value: 1 }, { value: 1 }] })
  })
})

describe('backup and restore', () => {
  test('show the plan first, and need a yes', async () => {
    using home = new Home()
    await home.state(['set', 'a', '1'])
    expect(await home.state(['backup', 'one.bak'])).toMatchObject({ code: 0, stderr: '' })
    expect(await home.json(['backup', 'one.bak'])).toMatchObject({
      error: { code: 'FILE_UNWRITABLE' },
    })
    await home.state(['set', 'a', '2'])
    const plan = await home.state(['restore', 'one.bak', '--dry-run'])
    expect(plan).toMatchObject({ code: 0, stderr: '' })
    expect(plan.stdout).toMatch(/^one\.bak is whole: 1 entry .*\nThe store has 1 entry\.\n/)
    expect(plan.stdout).toMatch(/^replaced +1$/m)
    expect(plan.stdout).toContain("- global 'a'\nNothing was changed.\n")
    const unsure = await home.state(['restore', 'one.bak'])
    expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') as unknown })
    expect((await home.state(['get', 'a'])).stdout).toBe('2\n')
    expect(await home.json(['restore', 'one.bak', '--yes'])).toMatchObject({
      restored: true,
      before: expect.any(String) as unknown,
      plan: { changes: 1, adds: 0, removes: 0 },
    })
    expect((await home.state(['get', 'a'])).stdout).toBe('1\n')
  })

  test('refuse a backup with one wrong byte, and keep what is there', async () => {
    using home = new Home()
    await home.state(['set', 'a', '1'])
    await home.state(['backup', 'one.bak'])
    const file = join(home.path, 'one.bak')
    const bytes = readFileSync(file)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(file, bytes)
    expect(await home.json(['restore', 'one.bak', '--yes'])).toMatchObject({
      error: { code: 'STATE_BACKUP_DAMAGED' },
    })
    expect((await home.state(['get', 'a'])).stdout).toBe('1\n')
  })

  test.runIf(HAS_TERMINAL)('ask on a terminal', async () => {
    using home = new Home()
    await home.state(['backup', 'empty.bak'])
    await home.state(['set', 'a', '2'])
    const words = ['state', 'restore', 'empty.bak']
    const no = await onTerminal(words, { ...home.options, type: [['[y/N]', 'n\r']] })
    expect(no.stdout).toContain('Nothing was changed')
    const yes = await onTerminal(words, { ...home.options, type: [['[y/N]', 'y\r']] })
    expect(yes.stdout).toContain('Restored 0 entries')
    expect(await home.state(['get', 'a'])).toMatchObject({ code: 3 })
  })
})

/** Another byte in the value, under the database's own checksum. */
async function damaged(folder: string, text: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => name.startsWith('level-'))
  const db = new ClassicLevel<Buffer, Buffer>(join(folder, names[0]!), BUFFERS)
  for await (const [key, value] of db.iterator()) {
    const at = value.indexOf(text)
    if (at < 0) continue
    value[at]! ^= 1
    await db.put(key, value)
  }
  await db.close()
}

test('doctor reads everything, and says what to do', async () => {
  using home = new Home()
  await home.state(['set', 'a', 'some text that can be found again'])
  expect((await home.state(['doctor'])).stdout).toMatch(/Faults +none/)
  await damaged(join(home.path, 'home', 'state'), 'some text')
  const { code, stdout } = await home.state(['doctor'])
  expect(code).toBe(3)
  expect(stdout).toMatch(/Faults +1\n- .*'a'.*\n {2}Restore the newest whole backup/)
})

test('migrate says where all is as it should be', async () => {
  using home = new Home()
  expect(await home.state(['migrate', '--dry-run'])).toMatchObject({
    code: 0,
    stdout: 'All data has the version that it should have.\n',
  })
})

test('the help has every command, in 80 columns with examples', async () => {
  const { stdout } = await llmspell(['state', '--help'])
  const names = [
    'get',
    'set',
    'list',
    'delete',
    'export',
    'import',
    'backup',
    'backups',
    'prune',
    'restore',
    'doctor',
    'migrate',
  ]
  for (const name of names) expect(stdout).toContain(`state ${name}`)
  const page = await llmspell(['state', 'import', '--help'])
  expect(page.stdout).toContain('EXAMPLES')
  expect(widest(stdout + page.stdout)).toBeLessThanOrEqual(80)
})

test('a long value on stdin is kept whole', async () => {
  using home = new Home()
  const input = 'x'.repeat(1_000_000)
  expect(await home.json(['set', 'long', '-'], { input })).toMatchObject({ ok: true })
  expect(await home.json(['get', 'long'])).toMatchObject({ value: input })
})
