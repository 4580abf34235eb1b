import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { installMade } from '../support/made-plugins.ts'
import { Folder, llmspell } from './support.ts'

// Counts what a process opens, and says which parts of Node it has loaded.
const METER = `
const fs = require('node:fs')
const { openSync, readFileSync, writeFileSync } = fs
const opened = []
fs.openSync = (file, ...more) => (opened.push(String(file)), openSync(file, ...more))
fs.readFileSync = (file, ...more) => {
  if (typeof file !== 'number') opened.push(String(file))
  return readFileSync(file, ...more)
}
process.on('exit', () => {
  const builtin = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '))
  writeFileSync(process.env.METER_FILE, JSON.stringify({ opened, builtin }))
})`

interface Metered {
  readonly opened: readonly string[]
  readonly builtin: readonly string[]
}

async function metered(home: Folder, argv: readonly string[]): Promise<Metered> {
  const meter = home.write('meter.cjs', METER)
  const file = join(home.path, 'metered.json')
  const NODE_OPTIONS = `--require ${JSON.stringify(meter)}`
  const env = { LLMSPELL_HOME: home.path, NODE_OPTIONS, METER_FILE: file }
  const { code, stderr } = await llmspell(argv, { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(readFileSync(file, 'utf8')) as Metered
}

/** What was opened once earlier starts have kept what they read. */
async function warm(home: Folder, argv: readonly string[]): Promise<Metered> {
  // Right after a build the index waits until the files of that are old enough.
  for (let tries = 0; tries < 20; tries++) {
    await metered(home, argv)
    if (existsSync(join(home.path, 'cache', 'manifests'))) break
  }
  return metered(home, argv)
}

const inside = (home: Folder, { opened }: Metered): readonly string[] =>
  opened.map((file) => file.replace(home.path, '').replaceAll('\\', '/'))

describe('a start', () => {
  test('opens as many files with 100 installed plugins as with one', async () => {
    const names: (readonly string[])[] = []
    for (const count of [1, 100]) {
      using home = new Folder()
      installMade(home.path, count)
      names.push(inside(home, await warm(home, ['exec', 'return 1'])))
    }
    const [one, hundred] = names
    expect(hundred).toEqual(one)
    expect(one).toContain('/plugins/plugins.index.json')
    expect(one!.filter((name) => name.endsWith('/package.json'))).toEqual(['/plugins/package.json'])
  })

  test('loads none of the parts of Node that cost milliseconds', async () => {
    using home = new Folder({ 'hello.lua': 'print("hello")' })
    const { builtin } = await warm(home, ['run', join(home.path, 'hello.lua')])
    const loaded = (name: string): boolean => builtin.includes(`NativeModule ${name}`)
    const heavy = [
      'crypto',
      'stream',
      'perf_hooks',
      'worker_threads',
      'http',
      'zlib',
      'fs/promises',
    ]
    expect(heavy.filter((name) => loaded(name))).toEqual([])
    expect(loaded('vm')).toBe(true)
  })
})
