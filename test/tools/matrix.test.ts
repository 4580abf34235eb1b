import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditLine, PermissionSet, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CASES } from './cases.ts'
import type { Case, Ground } from './cases.ts'
import { everyPlugin, source, sourceHouse } from './house.ts'
import type { SourceHouse } from './house.ts'

const VARIABLE = 'SPELL_MATRIX_WORD'
const SECTIONS = ['os', 'cpu', 'memory', 'disk', 'time', 'user', 'host', 'folder', 'runtime']

let house: SourceHouse
let server: Server
let root = ''
let audit = ''
let ground: Ground
let connections = 0
let jailed = false

beforeAll(async () => {
  process.env[VARIABLE] = 'a word'
  root = mkdtempSync(join(tmpdir(), 'matrix-'))
  audit = mkdtempSync(join(tmpdir(), 'matrix-audit-'))
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'docs', 'notes.txt'), 'one lamp\ntwo kettles\n')
  writeFileSync(join(root, 'docs', 'a.csv'), 'item,count\nlamp,3\n')
  for (const name of ['a.zip', 'dot.png']) writeFileSync(join(root, 'docs', name), 'not read')
  server = createServer((_request, response) => response.end('hello'))
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  ground = { origin, variable: VARIABLE }
  const plugins = { permissions: { audit } }
  house = await sourceHouse(everyPlugin(), [], { plugins })
  jailed = (await (await house.kernel.use('jail')).report()).kind !== 'none'
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await new Promise((resolve) => server.close(resolve))
  for (const folder of [root, audit]) rmSync(folder, { recursive: true, force: true })
  delete process.env[VARIABLE]
})
beforeEach(() => {
  connections = 0
})

/** All that a case could need, less the permission in question. */
function grants({ permission, also }: Case): PermissionSet {
  const all: PermissionSet = {
    read: [root],
    write: [root],
    net: ['*:*'],
    'net-private': ['*'],
    run: ['*'],
    unjailed: ['*'],
    env: ['*'],
    sys: SECTIONS,
    secret: ['*', `env:${VARIABLE}`],
    mix: ['*'],
  }
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => name !== permission && name !== also),
  )
}

interface Came {
  readonly code: string
  readonly lines: readonly AuditLine[]
}

async function call({ tool, input }: Case, allow: PermissionSet): Promise<Came> {
  const run = house.runtime.open({ root, allow })
  const code = await run.call('Tool', 'execute', [tool, input(ground) as Value]).then(
    (result) => (result as { error?: { code: string } }).error?.code ?? 'done',
    (error: { code: string }) => error.code,
  )
  await run.close()
  const kept = (await house.kernel.use('audit')).lines({ run: run.id })
  return { code, lines: await Array.fromAsync(kept) }
}

/** Every file below the folder of the run, by its content. */
function contents(): readonly string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`
    })
    .sort()
}

const denied = ({ lines }: Came): readonly AuditLine[] =>
  lines.filter(({ outcome }) => outcome === 'denied')

const ELSEWHERE = 'whether programs are shut in decides'
const isElsewhere = ({ jail }: Case): boolean => jail !== undefined && jail !== jailed

/** Each tool of the manifests with each permission that it declares. */
const DECLARED = everyPlugin().flatMap((name) => {
  const items = (source(name).manifest.contributes?.['tools'] ?? []) as readonly {
    readonly name: string
    readonly permissions?: PermissionSet
  }[]
  return items.flatMap(({ name: tool, permissions = {} }) =>
    Object.keys(permissions)
      .filter((permission) => permissions[permission]!.length > 0)
      .map((permission) => ({ tool, permission })),
  )
})

describe('without a permission that it needs', () => {
  test('every tool has a case for each of its permissions', () => {
    const known = new Set(CASES.map(({ tool, permission }) => `${tool} ${permission}`))
    const names = DECLARED.map(({ tool, permission }) => `${tool} ${permission}`)
    expect(names.filter((name) => !known.has(name))).toEqual([])
    expect(names.length).toBeGreaterThanOrEqual(25)
  })

  const there = new Set(DECLARED.map(({ tool, permission }) => `${tool} ${permission}`))
  const rows = CASES.filter(({ tool, permission }) => there.has(`${tool} ${permission}`))

  const strict = rows.filter(({ does }) => does !== 'less')
  const soft = rows.filter(({ does }) => does === 'less')

  test.for(strict)('$tool is denied $permission, once, and does nothing', async (row, context) => {
    if (isElsewhere(row)) return context.skip(ELSEWHERE)
    const before = contents()
    const came = await call(row, grants(row))
    expect(came.code).toBe('PERMISSION_DENIED')
    const { tool, permission } = row
    expect(denied(came)).toMatchObject([{ permission, subject: `Tool '${tool}'` }])
    expect(came.lines.filter((line) => line.permission === permission)).toHaveLength(1)
    expect(contents()).toEqual(before)
    expect(connections).toBe(0)
  })

  test.for(soft)('$tool does less without $permission', async (row, context) => {
    if (isElsewhere(row)) return context.skip(ELSEWHERE)
    const before = contents()
    expect(denied(await call(row, grants(row)))).toEqual([])
    expect(contents()).toEqual(before)
  })

  test.each(strict)(
    '$tool with nothing at all is denied with one line ($permission)',
    async (row) => {
      const before = contents()
      const came = await call(row, {})
      expect(came.code).toBe('PERMISSION_DENIED')
      expect(came.lines).toMatchObject([{ outcome: 'denied' }])
      expect(contents()).toEqual(before)
      expect(connections).toBe(0)
    },
  )

  test('the audit holds together afterwards', async () => {
    const { lines, faults } = await (await house.kernel.use('audit')).verify()
    expect(faults).toEqual([])
    expect(lines).toBeGreaterThanOrEqual(rows.length)
  })
})
