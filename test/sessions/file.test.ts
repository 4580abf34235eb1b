import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStateful, ran } from '../state-module/house.ts'
import type { House } from '../support/kernel.ts'
import { framed, frames, sessionsOf } from './files.ts'
import type { Part } from './files.ts'

let here: House
let there: House
let file: Buffer
let id = ''
beforeAll(async () => {
  here = await openStateful()
  there = await openStateful()
  id = await made(here)
  file = await exported(here, id)
})
afterAll(async () => {
  await here.kernel.stop()
  await there.kernel.stop()
})

/** A session with a durable run, a conversation, state and artifacts. */
async function made(house: House): Promise<string> {
  const source = `
    local s = Session.create{ name = 'whole', tags = { 'x' }, metadata = { plain = 'kept' } }
    Agent.create{ name = 'poet', session = s }:execute('Say hello')
    State.save('session', 'draft', { text = 'Dear Ada' })
    Artifact.save{ name = 'a.txt', content = ('long '):rep(20000), tags = { 't' } }
    Artifact.save{ name = 'b.json', content = { n = 1 } }
    return { s.id, tostring(ARGS.password ~= nil) }`
  const durable = { runId: 'whole' }
  const args = ['--password=hunter2']
  const { value } = await ran(house, 'lua', source, { durable, args, allow: { net: ['x:1'] } })
  const [session] = value as string[]
  const run = house.runtime.open()
  const account = { name: 'ada', password: 'hunter2' }
  await run.call('State', 'save', [`session:${session}`, 'account', account])
  await run.close()
  return session!
}

async function exported(house: House, session: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync((await sessionsOf(house)).export(session)))
}

async function imported(house: House, bytes: Uint8Array, as?: string): Promise<unknown> {
  const open = async function* (): AsyncGenerator<Uint8Array> {
    // In pieces that fit no frame.
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
  }
  const options = as === undefined ? {} : { as }
  return (await sessionsOf(house)).import(open, options)
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (error: { code?: string }) => error.code,
  )

test('a session goes elsewhere whole, and is exported from there as it came', async () => {
  expect(await imported(there, file)).toMatchObject({ runs: 1, artifacts: 2, state: 3 })
  expect((await exported(there, id)).equals(file)).toBe(true)
  const source = `
    local rows = Artifact.list('${id}')
    local again = Session.replay('${id}')
    return { #Artifact.get(rows[1].id).content, State.load('session:${id}', 'draft').text, again.runs[1].status,
      #State.load('session:${id}', 'agent:poet').memory.messages, Session.get('${id}').custom_metadata.plain }`
  const { value } = await ran(there, 'lua', source)
  expect(value).toEqual([100_000, 'Dear Ada', 'succeeded', 2, 'kept'])
})

test('secrets and rights stay where they are', () => {
  expect(file.includes('hunter2')).toBe(false)
  expect(file.includes('x:1')).toBe(false)
})

test('what was imported is text from outside', async () => {
  const source = `local d = State.load('session:${id}', 'draft')
    return Artifact.save{ name = 'copy', content = d }.metadata.untrusted`
  expect((await ran(there, 'lua', source)).value).toBe(true)
})

test('an id that is taken is refused, another one is not; the same run is shared', async () => {
  expect(await codeOf(imported(there, file))).toBe('SESSION_EXISTS')
  expect(await imported(there, file, 'other')).toMatchObject({ session: { id: 'other' } })
  expect(await codeOf(imported(there, file, '../x'))).toBe('SESSION_ID_INVALID')
  const other = (await exported(there, 'other')).toString('latin1')
  expect(other.includes('"id":"other"')).toBe(true)
})

test('another run of the same id is refused', async () => {
  await using third = await openStateful()
  await ran(third, 'lua', 'return 1', { durable: { runId: 'whole' } })
  expect(await codeOf(imported(third, file))).toBe('SESSION_RUN_CONFLICT')
  expect(await (await sessionsOf(third)).list()).toEqual([])
})

test('a file that was changed anywhere is refused, and nothing is touched', async () => {
  const before = await (await sessionsOf(there)).list()
  const places = fc.integer({ min: 0, max: file.length - 1 })
  const changes = fc.tuple(places, fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(changes, async ([at, by]) => {
      const bytes = Buffer.from(file)
      bytes[at] = bytes[at]! ^ by
      expect(await codeOf(imported(there, bytes, 'changed'))).toBe('SESSION_FILE_DAMAGED')
    }),
    { numRuns: 60 },
  )
  await fc.assert(
    fc.asyncProperty(places, async (at) => {
      const cut = file.subarray(0, at)
      expect(await codeOf(imported(there, cut, 'changed'))).toBe('SESSION_FILE_DAMAGED')
    }),
    { numRuns: 30 },
  )
  expect(await (await sessionsOf(there)).list()).toEqual(before)
  const left = await ran(there, 'lua', `return #State.list_keys('session:changed')`)
  expect(left.value).toBe(0)
})

const FORGED: readonly (readonly [string, (part: Part) => void, string])[] = [
  ['another format', (part) => part.format && (part.format = 'x'), 'SESSION_FILE_DAMAGED'],
  ['a newer version', (part) => part.version && (part.version = 2), 'SESSION_FILE_NEWER'],
  [
    'an id that is a path',
    (part) => part.kind === 'session' && (part.info!.id = '../../x'),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'a key of the host',
    (part) => part.kind === 'state' && (part.key = '__proto__'),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'a key that climbs',
    (part) => part.kind === 'state' && (part.key = '../x'),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'an artifact of another hash',
    (part) => part.kind === 'artifact' && (part.info!.id = `sha256-${'0'.repeat(64)}`),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'an artifact that is a path',
    (part) => part.kind === 'artifact' && (part.info!.id = '../../etc/passwd'),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'a value of another hash',
    (part) => part.kind === 'blob' && (part.hash = '0'.repeat(64)),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'a run id that is a path',
    (part) => part.kind === 'run' && (part.run!.runId = '../x'),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'a record of no kind',
    (part) => part.kind === 'record' && (part.body!.kind = 'x'),
    'SESSION_FILE_DAMAGED',
  ],
  [
    'a part of no kind',
    (part) => part.kind === 'state' && (part.kind = 'constructor'),
    'SESSION_FILE_DAMAGED',
  ],
  ['a length beyond all', (part) => part.length && (part.length = 1e15), 'SESSION_FILE_DAMAGED'],
  [
    'a field of the host',
    (part) => part.kind === 'session' && (part.info!.secret = 1),
    'SESSION_FILE_DAMAGED',
  ],
]

describe('a forged file whose checksums are right', () => {
  test.each(FORGED)('with %s is refused', async (_what, change, code) => {
    const bytes = framed(frames(file), change)
    expect(await codeOf(imported(there, bytes, 'forged'))).toBe(code)
  })

  test('gives its runs no rights', async () => {
    await using third = await openStateful()
    const bytes = framed(frames(file), (part) => {
      if (part.body?.kind === 'begin')
        part.body!.input.inline.grants = [{ holder: 'command line', allow: { run: ['*'] } }]
    })
    await imported(third, bytes)
    const executor = await third.runtime.executor()
    const [begin] = await Array.fromAsync(executor.history('whole'))
    expect(JSON.stringify(begin)).not.toContain('"run"')
  })
})

test('what breaks off while it is written leaves no session, no state and no artifact', async () => {
  await using third = await openStateful()
  let opened = 0
  const open = async function* (): AsyncGenerator<Uint8Array> {
    const second = ++opened === 2
    yield await Promise.resolve(second ? file.subarray(0, file.length - 50) : file)
  }
  const sessions = await sessionsOf(third)
  expect(await codeOf(sessions.import(open))).toBe('SESSION_FILE_DAMAGED')
  expect(await sessions.list()).toEqual([])
  const artifacts = await third.kernel.use('artifacts')
  expect(await artifacts.list()).toEqual([])
  expect(await imported(third, file)).toMatchObject({ runs: 1 })
})

test('any state and any artifacts come out as they went in', async () => {
  const key = fc
    .stringMatching(/^[a-z0-9][a-z0-9 -]{0,20}$/)
    .filter((text) => text !== 'constructor')
  const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean())
  const value = fc.oneof(plain, fc.array(plain), fc.dictionary(key, plain))
  const values = fc.dictionary(key, value, { maxKeys: 8 })
  const contents = fc.array(fc.string({ maxLength: 200 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(values, contents, async (state, texts) => {
      const mine = await sessionsOf(here)
      const { id: own } = await mine.create({ name: 'any' })
      const run = here.runtime.open()
      for (const [name, one] of Object.entries(state))
        await run.call('State', 'save', [`session:${own}`, name, one as never])
      for (const text of texts) await run.call('Artifact', 'store', [own, 'any', 'n', text])
      await run.close()
      const first = await exported(here, own)
      await imported(there, first)
      expect((await exported(there, own)).equals(first)).toBe(true)
    }),
    { numRuns: 15 },
  )
})
