import { execFileSync } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Access, GrantLayer, ToolCall, Value } from '@llmspell/sdk'
import { toolBench } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import { afterAll, describe, expect, test } from 'vitest'
import directoryList from '../../plugins/tool-directory-list/src/index.ts'
import fileSearch from '../../plugins/tool-file-search/src/index.ts'
import fileWatch from '../../plugins/tool-file-watch/src/index.ts'
import fileWrite from '../../plugins/tool-file-write/src/index.ts'
import { filesWorld } from '../files/support.ts'
import type { FilesWorld } from '../files/support.ts'
import { treeOf } from '../files/tree.ts'

interface Row {
  readonly id: string
  readonly op: 'replace' | 'create' | 'append' | 'stat' | 'list' | 'search' | 'watch'
  readonly path?: string
  readonly repeat?: readonly [string, number]
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  readonly agent?: readonly string[]
  readonly parents?: boolean
  readonly config?: object
  readonly device?: boolean
  readonly expect: string
  readonly same?: string
  readonly hidden?: string
  readonly only?: string
}

// Read at run time: the bundler's own reader refuses half a surrogate pair.
const text = readFileSync(new URL('files-write.json', import.meta.url), 'utf8')
const { rows } = JSON.parse(text) as { readonly rows: readonly Row[] }
const worlds = new Map<string, Promise<World>>()
afterAll(async () => {
  for (const world of worlds.values()) await (await world)[Symbol.asyncDispose]()
})

interface World extends FilesWorld {
  readonly benches: Readonly<Record<string, ToolBench>>
}

/** One for each config: a kernel takes longer than the folders. */
function worldFor(config: object = {}): Promise<World> {
  const key = JSON.stringify(config)
  const known = worlds.get(key) ?? makeWorld(config)
  worlds.set(key, known)
  return known
}

async function makeWorld(config: object): Promise<World> {
  const world = await filesWorld(config)
  const { files, permissions } = world
  const bench = (name: string, plugin: never, services: object): Promise<ToolBench> =>
    toolBench({
      package: new URL(`../../plugins/tool-${name}/`, import.meta.url),
      plugin,
      name,
      services,
    })
  const benches = {
    write: await bench('file-write', fileWrite as never, { files }),
    list: await bench('directory-list', directoryList as never, { files }),
    search: await bench('file-search', fileSearch as never, { files }),
    watch: await bench('file-watch', fileWatch as never, { files, permissions }),
  }
  return { ...world, benches }
}

function furnish({ root, outside, put }: World): void {
  for (const folder of [root, outside, `${root}-twin`]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
  }
  put('a.txt', 'inside')
  put('sub/b.txt', 'below')
  put('.git/config', '')
  for (let i = 0; i < 20; i++) put(`many/${i}.txt`, 'b')
  put('deep/1/2/3/4/5/6/7.txt', 'b')
  put('sparse.bin')
  truncateSync(join(root, 'sparse.bin'), 2 ** 36)
  for (const name of ['secret.txt', 'twice.txt']) writeFileSync(join(outside, name), 'secret')
  writeFileSync(join(`${root}-twin`, 'a.txt'), 'twin')
  linkSync(join(outside, 'twice.txt'), join(root, 'hard.txt'))
  for (const [name, target] of Object.entries(links(outside))) symlinkSync(target, join(root, name))
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(root, 'pipe')])
}

const links = (outside: string): Record<string, string> => ({
  'link-inside.txt': 'a.txt',
  'link-sub': 'sub',
  'link-outside.txt': join(outside, 'secret.txt'),
  'link-folder': outside,
  'link-dangling.txt': join(outside, 'none.txt'),
  'link-loop.txt': 'link-loop.txt',
  'link-null': '/dev/null',
  'link-proc': '/proc/self/fd',
})

/** Only root may make one. */
function makeDevice({ root }: World): boolean {
  try {
    execFileSync('mknod', [join(root, 'device'), 'c', '1', '3'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function accessOf({ root, outside }: World, { allow = ['.'], deny = [], agent }: Row): Access {
  const placed = (path: string): string =>
    path.replace('{root}', root).replace('{outside}', outside)
  const given = { read: allow.map(placed), write: allow.map(placed) }
  const denied = { read: deny.map(placed), write: deny.map(placed) }
  const grants: GrantLayer[] = [{ holder: 'command line', allow: given, deny: denied }]
  if (agent) grants.push({ holder: "agent 'poet'", allow: { write: agent } })
  return { subject: "Tool 'test'", grants, root }
}

interface Answer {
  /** `ok:` and what came, or a code. */
  readonly found: string
  /** Everything that a person or a script gets to see. */
  readonly said: string
}

async function act(world: World, row: Row, path: string): Promise<Answer> {
  const access = accessOf(world, row)
  try {
    if (row.op === 'stat') {
      const { kind } = await world.files.stat(path, access)
      return { found: `ok:${kind}`, said: kind }
    }
    const { name, input, summary } = OPERATIONS[row.op]
    const call = access as Partial<ToolCall>
    const given = { path, ...input, ...(row.parents ? { parents: true } : {}) }
    const { result, text: shown = '' } = await world.benches[name]!.run(given, call)
    return { found: `ok:${summary(result as never)}`, said: shown }
  } catch (error) {
    const { code, message, hint, details } = error as Record<string, unknown>
    return {
      found: String(code ?? message),
      said: [message, hint, JSON.stringify(details)].join('\n'),
    }
  }
}

interface Operation {
  readonly name: string
  readonly input: { readonly [key: string]: Value }
  readonly summary: (result: never) => string
}

type Written = { readonly bytes: number; readonly created: boolean }
type Listed = {
  readonly truncated: boolean
  readonly entries: readonly { readonly path: string }[]
}
type Searched = {
  readonly truncated: boolean
  readonly skipped: number
  readonly matches: readonly { readonly path: string; readonly line?: number }[]
}

const content = { content: 'new' }
const OPERATIONS: Readonly<Record<Exclude<Row['op'], 'stat'>, Operation>> = {
  replace: writing('replace', 'replaced'),
  create: writing('create', 'replaced'),
  append: writing('append', 'appended'),
  list: {
    name: 'list',
    input: { recursive: true, pattern: '[bs]*.txt' },
    summary: ({ truncated, entries }: Listed) =>
      truncated ? 'truncated' : entries.map(({ path }) => path).join(' '),
  },
  search: {
    name: 'search',
    input: { content: '^(below|secret)$', syntax: 'regex' },
    summary: ({ truncated, skipped, matches }: Searched) =>
      truncated
        ? 'truncated'
        : matches.map(({ path, line }) => `${path}:${line}`).join(' ') ||
          (skipped > 0 ? 'skipped' : ''),
  },
  watch: {
    name: 'watch',
    input: { duration: 50 },
    summary: ({ ended }: { readonly ended: string }) => ended,
  },
} as never

function writing(mode: string, past: string): Operation {
  const summary = ({ bytes, created }: Written): string => `${bytes} ${created ? 'created' : past}`
  return { name: 'write', input: { ...content, mode }, summary }
}

describe('the corpus of writes, lists, searches and watches', () => {
  const here = rows.filter(({ only }) => only === undefined || only === process.platform)

  test.each(here)('$id: $op $path $allow → $expect', { timeout: 5000 }, async (row) => {
    const world = await worldFor(row.config)
    furnish(world)
    if (row.device && !makeDevice(world)) return
    const { base, root, outside } = world
    const placed = (path: string): string =>
      path.replace('{root}', root).replace('{outside}', outside)
    const [part, times] = row.repeat ?? ['', 0]
    const path = placed(row.path ?? part.repeat(times))
    const before = { outside: treeOf(outside), inside: treeOf(root) }
    const answer = await act(world, row, path)
    expect(answer.found).toBe(row.expect)
    const isOk = row.expect.startsWith('ok:')
    const added = isOk && path.startsWith(outside) ? [join(path, '..', 'new.txt')] : []
    for (const file of added) rmSync(file)
    expect(treeOf(outside)).toEqual(before.outside)
    expect(isOk ? [] : treeOf(root)).toEqual(isOk ? [] : before.inside)
    const secrets = [...(path.startsWith('/') ? [] : [base]), ...(row.hidden ? [row.hidden] : [])]
    expect(secrets.filter((secret) => answer.said.includes(secret))).toEqual([])
    if (row.same === undefined) return
    const twin = placed(row.same)
    expect((await act(world, row, twin)).said).toBe(answer.said.replaceAll(path, twin))
  })
})
