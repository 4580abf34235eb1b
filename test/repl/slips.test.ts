import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'
import { onScreen, piped, Screen } from './screen.ts'

let house: House
beforeAll(async () => {
  house = await openHouse([...ALL, 'repl'])
})
afterAll(() => house.kernel.stop())

test('a script that fails to load is a failure, at the line of its command', async () => {
  using folder = new Folder({ 'err.lua': 'error("oh")\n' })
  const root = folder.path
  const input = 'x = 1\n.load err.lua\nprint("after")\n'
  const { out, said, end } = await piped(house, input, { root, keepGoing: false })
  expect([out, end.failure?.code]).toEqual(['', 'SCRIPT_ERROR'])
  expect(said).toMatch(/^line 2: SCRIPT_ERROR \| oh/)
  const documents = await piped(house, input, { root, keepGoing: false, json: true })
  const lines = documents.out.trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { ok: true, line: 1 },
    { ok: false, line: 2, error: { code: 'SCRIPT_ERROR' } },
  ])
  const media = await piped(house, '.media none.png\n1\n', { root, keepGoing: false, json: true })
  expect(media.end.failure).toBeDefined()
  expect(media.out.trimEnd().split('\n')).toHaveLength(1)
})

test.skipIf(process.platform === 'win32')('what is no file is not loaded', async () => {
  using folder = new Folder()
  execFileSync('mkfifo', [join(folder.path, 'pipe')])
  const { said } = await piped(house, '.load /dev/zero\n.load pipe\n', { root: folder.path })
  expect(said.match(/it is no file/g)).toHaveLength(2)
})

test('a session that others end takes no entry', async () => {
  let entries = 0
  const error = { code: 'SESSION_ENDED', message: 'over' }
  const over = () => Promise.resolve(++entries > 1 ? error : undefined)
  const { out, end } = await piped(house, '1\nState.save("global", "late", 1)\n', { over })
  expect([out, end.failure?.code]).toEqual(['1\n', 'SESSION_ENDED'])
  expect((await piped(house, 'State.load("global", "late")\n=1\n')).out).toBe('1\n')
})

test('a scope of any size is shown by its first keys, or by a prefix', async () => {
  const fill = `for i = 1, 210 do State.save("custom:big", ("k%03d"):format(i), ("x"):rep(6000)) end`
  const { out, said } = await piped(house, `${fill}\n.state custom:big\n.state custom:big k20\n`)
  expect(said).toBe('')
  expect(out).toContain('… and 10 more')
  expect(out.match(/^k20\d/gm)).toHaveLength(11)
})

test('what ends with an entry is not said to stay', async () => {
  const tool = 'Tool.define{ name = "t", description = "d", execute = function() end }'
  const { out } = await piped(house, `${tool}\n.undo\nState.save("global", "a", 1)\n.undo\n`)
  expect(out).not.toContain('Tool.define.')
  expect(out).toContain('stays: State.save')
})

test('typing between two Ctrl-C makes them two first ones', async () => {
  const screen = new Screen()
  const steps = [
    ['\u0003', /Ctrl-C again/],
    ['abc', /abc/],
    ['\u0015\u0003', /Ctrl-C again/],
    ['x\u0015=6*7\r', /42/],
  ] as const
  expect(await onScreen(house, screen, steps)).toMatchObject({ entries: 1 })
})
