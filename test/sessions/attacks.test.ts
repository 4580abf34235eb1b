// Files whose checksums are right and whose content is not what a session says of itself.
import type { JsonValue } from 'fast-check'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStateful, ran } from '../state-module/house.ts'
import type { House } from '../support/kernel.ts'
import { framed, frames, sessionsOf } from './files.ts'
import type { Part } from './files.ts'

const ALL = process.env['LLMSPELL_TEST_FULL'] === '1'

/** A session at work: it has state, an artifact, an ended run and one that waits. */
let here: House
let there: House
let id = ''
let file: Buffer
beforeAll(async () => {
  here = await openStateful()
  there = await openStateful()
  const sessions = await sessionsOf(here)
  id = (await sessions.create({ name: 'at work', tags: ['t'], metadata: { n: 1 } })).id
  await within('ended', `State.save('session', 'draft', { bytes = 'x' }) return { 1, { a = 'b' } }`)
  await within(
    'held',
    `Artifact.save{ name = 'a.txt', content = 'a' } Run.checkpoint('half', { 1 })
     State.save('session', 'before', Session.get_current() ~= nil)
     local answer = Run.ask('go on?') State.save('session', 'after', answer) return 'done'`,
  )
  file = await exported(here, id)
})
afterAll(async () => {
  await here.kernel.stop()
  await there.kernel.stop()
})

async function within(runId: string, source: string): Promise<void> {
  await (await sessionsOf(here)).enter(id, runId)
  const settings = { session: id, model: 'mock/echo' }
  const came = await ran(here, 'lua', source, { durable: { runId, waitMs: 0 }, settings })
  if (came.code !== undefined && came.code !== 'RUN_WAITING') throw new Error(came.message)
}

async function exported(house: House, session: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync((await sessionsOf(house)).export(session)))
}

async function imported(house: House, bytes: Uint8Array, as: string): Promise<unknown> {
  const open = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes)
  }
  return (await sessionsOf(house)).import(open, { as })
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: Error & { code?: string }) => error.code ?? `${error.stack}`,
  )

type Table = Record<string, unknown>

const HANDLE = { $llmspell: 'handle', type: 'Agent', id: 'h1', fields: {} }

/** Kind of the part, and of the record; what is set where. */
const FORGED: readonly (readonly [kind: string, what: string, path: string, value: unknown])[] = [
  ['session', 'a run that is not in it', 'info.runs', ['ended', 'held', 'private']],
  ['session', 'a run instead of its own', 'info.runs', ['private', 'held']],
  ['session', 'a run less than it has', 'info.runs', ['held']],
  ['session', 'a run twice', 'info.runs', ['ended', 'held', 'held']],
  ['session', 'a mark of the host', 'info.untrusted', true],
  ['session', 'a handle', 'info.custom_metadata.x', HANDLE],
  ['begin', 'another session', 'body.input.inline.settings.session', 'local-1'],
  ['begin', 'a session that is no text', 'body.input.inline.settings.session', {}],
  ['begin', 'settings that are none', 'body.input.inline.settings', 5],
  ['begin', 'arguments that are none', 'body.input.inline.args', [{}]],
  ['begin', 'limits that are none', 'body.input.inline.limits', { timeMs: 'x' }],
  ['begin', 'a folder that is none', 'body.input.inline.root', 7],
  ['begin', 'an input beside it', 'body.input', { blob: '0'.repeat(64), bytes: 1 }],
  ['call', 'a name that is none', 'body.name', {}],
  ['call', 'an end that is none', 'body.settled', 5],
  ['call', 'a failure that is none', 'body.settled', { ok: false, error: 5 }],
  ['call', 'a value that is none', 'body.settled', { ok: true }],
  ['call', 'bytes that are none', 'body.args.inline', [{ $llmspell: 'bytes', base64: 7 }]],
  ['call', 'a mark of no kind', 'body.args.inline', [{ $llmspell: 'written' }]],
  ['call', 'labels that are none', 'body.args.inline', { $llmspell: 'seen', labels: 1 }],
  ['call', 'a value too deep', 'body.args.inline', deep(200)],
  ['call', 'a time beyond all', 'body.at', 1e300],
  ['mark', 'a label that is none', 'body.label', 7],
  ['end', 'a handle', 'body.outcome.value.inline', HANDLE],
  ['run', 'labels that are none', 'run.labels', { team: {} }],
  ['run', 'a reason that is none', 'run.reason', 7],
  ['run', 'an engine that is none', 'run.definition.engine.id', 7],
  ['run', 'another end than it had', 'run.status', 'failed'],
  ['run', 'an end that it never had', 'run.endedAt', 1],
  ['run', 'another id', 'run.runId', 'private'],
  ['state', 'bytes that are none', 'value', { $llmspell: 'bytes' }],
  ['state', 'a handle', 'value', HANDLE],
  ['state', 'a callback inside', 'value', [{ $llmspell: 'callback', id: 1 }]],
  ['state', 'what was seen', 'value', { $llmspell: 'seen', labels: [], value: 1 }],
  ['state', 'a length and a value', 'length', 1e12],
  ['artifact', 'tags that are none', 'info.metadata.tags', 7],
  ['artifact', 'a type that is none', 'info.metadata.type', {}],
  ['artifact', 'a handle', 'info.metadata.metadata', HANDLE],
]

const kindOf = ({ kind, body }: Part): string | undefined => (kind === 'record' ? body!.kind : kind)

function put(table: object, path: string, value: unknown): void {
  const [key, ...rest] = path.split('.')
  if (rest.length === 0) (table as Table)[key!] = value
  else put((table as Table)[key!] as object, rest.join('.'), value)
}

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)]
}

describe('a forged file', () => {
  test.each(FORGED)('whose %s has %s is refused', async (kind, _what, path, value) => {
    const bytes = framed(frames(file), (part) => {
      if (kindOf(part) === kind) put(part, path, value)
    })
    expect(bytes.equals(file)).toBe(false)
    expect(await codeOf(imported(there, bytes, 'forged'))).toBe('SESSION_FILE_DAMAGED')
    expect(await (await sessionsOf(there)).get('forged')).toBe(undefined)
  })

  test('takes no run of this installation: it has to bring each itself', async () => {
    await ran(here, 'lua', `return 'of nobody else'`, { durable: { runId: 'private' } })
    const bytes = framed(frames(file), (part) => {
      if (part.kind === 'session') put(part, 'info.runs', ['private'])
    })
    const head = onlySession(bytes)
    expect(await codeOf(imported(here, head, 'evil'))).toBe('SESSION_FILE_DAMAGED')
  })
})

/** Head, session and trailer: checksums right, no part more. */
function onlySession(bytes: Buffer): Buffer {
  const kept = frames(bytes).filter(({ sort, body }) => {
    if (sort === 1 || sort === 3) return true
    return sort === 4 && (JSON.parse(body.toString()) as Part).kind === 'session'
  })
  return framed(kept, (part) => {
    if ('items' in part) put(part, 'items', 1)
  })
}

test('an imported run works in the session that it came with, under the id that it has here', async () => {
  await using third = await openStateful()
  await imported(third, file, 'moved')
  const sessions = await sessionsOf(third)
  expect(await sessions.replay('moved')).toMatchObject({ identical: true, differences: [] })
  const { report } = await third.runtime.replay('held')
  expect([report.identical, report.difference]).toEqual([true, undefined])
  const { value } = await third.runtime.resume('held', { answer: async () => 'yes' })
  expect(value).toBe('done')
  const loaded = `return { State.load('session:moved', 'after'), State.load('session:${id}', 'after') }`
  expect((await ran(third, 'lua', loaded)).value).toEqual(['yes'])
  const again = await exported(third, 'moved')
  expect(again.includes(id)).toBe(true)
})

test('what was imported goes back under its own id as the same run', async () => {
  await using third = await openStateful()
  await imported(third, file, 'moved')
  expect(await codeOf(imported(here, await exported(third, 'moved'), 'back'))).toBe('nothing')
})

test('runs of a denied session are not told under another one that shares them', async () => {
  await imported(here, file, 'shared')
  const deny = { state: [`session:${id}`] }
  for (const call of ['replay', 'can_replay', 'get_replay_metadata'])
    expect((await ran(here, 'lua', `return Session.${call}('shared')`, { deny })).code).toBe(
      'PERMISSION_DENIED',
    )
  const listed = `local ids = {} for _, s in ipairs(Session.list_replayable()) do ids[#ids + 1] = s.id end
    return table.concat(ids, ' ')`
  expect((await ran(here, 'lua', listed, { deny })).value).not.toContain('shared')
  expect((await ran(here, 'lua', listed)).value).toContain('shared')
})

const FUNCTIONS = [
  `Session.create{ name = 'x' }`,
  `Session.get(ID)`,
  `Session.save(ID)`,
  `Session.load(ID)`,
  `Session.suspend(ID)`,
  `Session.resume(ID)`,
  `Session.complete(ID)`,
  `Session.delete(ID)`,
  `Session.tag(ID, { 'x' })`,
  `Session.set_current(ID)`,
  `Session.can_replay(ID)`,
  `Session.get_replay_metadata(ID)`,
  `Session.replay(ID)`,
  `Session.list{ after = ID }`,
]

test.each(FUNCTIONS)('%s is denied with all state, and with its session', async (call) => {
  const source = `return ${call.replace('ID', `'${id}'`)}`
  const before = await (await sessionsOf(here)).list()
  expect((await ran(here, 'lua', source, { deny: { state: ['*'] } })).code).toBe(
    'PERMISSION_DENIED',
  )
  const deny = { state: [call.includes('ID') ? `session:${id}` : 'session:*'] }
  expect((await ran(here, 'lua', source, { deny })).code).toBe('PERMISSION_DENIED')
  expect(await (await sessionsOf(here)).list()).toEqual(before)
})

test.each(['list', 'list_replayable'])('Session.%s shows nothing that is denied', async (fn) => {
  const source = `return #Session.${fn}()`
  expect((await ran(here, 'lua', source, { deny: { state: ['*'] } })).value).toBe(0)
})

const READS = [
  `Session.get('outside').name`,
  `Session.list()[1].name`,
  `Session.replay('outside').runs[1].result[2].a`,
  `Session.get_replay_metadata('outside').name`,
  `Session.tag('outside', { 'z' })[1]`,
  `Artifact.list('outside')[1].name`,
  `Artifact.list()[1].name`,
  `Artifact.query{ session_id = 'outside' }[1].name`,
]

test.each(READS)('%s of an imported session is text from outside', async (call) => {
  await using third = await openStateful()
  await imported(third, file, 'outside')
  const source = `local text = ${call} State.save('global', 'copy', text) return text`
  const { value } = await ran(third, 'lua', source)
  expect(value).toEqual(expect.any(String))
  const backend = await (await third.kernel.use('state')).backend()
  const scope = { tenant: 'local', kind: 'global', id: '' } as const
  const entry = await backend.scope(scope).get('copy')
  expect(entry?.schema).toBe('untrusted')
})

/** A place in a table, and what is put there. */
const strange: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<JsonValue>(
    {},
    [],
    null,
    -1,
    1e300,
    '',
    { $llmspell: 'bytes' },
    { $llmspell: 'handle', type: 'Agent', id: '1' },
    { $llmspell: 'nothing' },
    { inline: { $llmspell: 'seen', labels: ['x'], value: 1 } },
    { blob: '0'.repeat(64), bytes: 1 },
  ),
)

function mutated(table: object, path: readonly number[], by: JsonValue): void {
  const keys = Object.keys(table)
  if (keys.length === 0) return
  const key = keys[path[0]! % keys.length]!
  const inner = (table as Table)[key]
  if (path.length > 1 && typeof inner === 'object' && inner !== null)
    return mutated(inner, path.slice(1), by)
  ;(table as Table)[key] = by
}

test('no change of a file with right checksums gives INTERNAL, then or later', async () => {
  const parts = frames(file)
  const tables = parts.flatMap(({ sort }, at) => (sort === 4 ? [at] : []))
  const place = fc.tuple(
    fc.constantFrom(...tables),
    fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 6 }),
    strange,
  )
  let n = 0
  await fc.assert(
    fc.asyncProperty(place, async ([at, path, by]) => {
      await using house = await openStateful()
      let seen = -1
      const forged = framed(parts, (part) => {
        seen = nextTable(parts, seen)
        if (seen === at) mutated(part, path, by)
      })
      const as = `m-${++n}`
      const code = await codeOf(imported(house, forged, as))
      expect(code).toMatch(/^(nothing|SESSION_|INPUT_)/)
      if (code !== 'nothing') return
      await read(house, as)
    }),
    { numRuns: ALL ? 500 : 40 },
  )
  expect(n).toBeGreaterThan(0)
})

function nextTable(parts: ReturnType<typeof frames>, from: number): number {
  return parts.findIndex(({ sort }, at) => at > from && sort !== 5)
}

/** Everything that reads what was imported. */
async function read(house: House, as: string): Promise<void> {
  const sessions = await sessionsOf(house)
  const work = [
    () => sessions.replay(as),
    () => sessions.replayFacts(as),
    () => exported(house, as),
    () => ran(house, 'lua', `return State.all('session:${as}')`).then(refuse),
    () =>
      ran(house, 'lua', `return { Artifact.list('${as}'), Session.replay('${as}') }`).then(refuse),
    () => house.runtime.replay('ended'),
    () => house.runtime.replay('held'),
    () => house.runtime.resume('held', { answer: async () => 'yes' }),
  ]
  for (const one of work) {
    expect(await codeOf(one())).toMatch(/^(?!INTERNAL|ERR_)\w+$/)
  }
}

function refuse({ code }: { readonly code?: string }): void {
  if (code !== undefined) throw Object.assign(new Error(code), { code })
}
