import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { binOf } from '../support/packages.ts'
import { envelope, Folder, llmspell, pluginFolder, widest } from './support.ts'

const run = promisify(execFile)
const TYPES = ['.llmspell/types/llmspell.d.ts', '.llmspell/types/llmspell.lua']
const STARTER = ['hello.lua', 'hello.js', 'llmspell.toml', '.luarc.json', 'tsconfig.json']

interface Row {
  readonly path: string
  readonly action: string
}

async function actions(argv: readonly string[], cwd: string): Promise<Record<string, string>> {
  const { ok, files } = envelope(await llmspell([...argv, '--json'], { cwd })) as {
    ok: boolean
    files: Row[]
  }
  expect(ok).toBe(true)
  return Object.fromEntries(files.map(({ path, action }) => [path, action]))
}

const read = (folder: Folder, path: string): string => readFileSync(join(folder.path, path), 'utf8')

describe('init', () => {
  test('makes a folder whose scripts run and whose types fit', async () => {
    using folder = new Folder()
    const { code, stdout, stderr } = await llmspell(['init', 'new/spells'], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const cwd = join(folder.path, 'new', 'spells')
    for (const path of [...STARTER, ...TYPES, '.gitignore']) {
      expect(stdout).toContain(`wrote  ${path}\n`)
      expect(readFileSync(join(cwd, path), 'utf8')).not.toBe('')
    }
    expect(stdout).toContain('cd new/spells && llmspell run hello.lua')
    for (const script of ['hello.lua', 'hello.js']) {
      const ran = await llmspell(['run', script, 'Who?', '-q'], { cwd })
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Who?') })
    }
    await run(process.execPath, [binOf('typescript', 'tsc'), '-p', cwd])
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  })

  test('keeps what is there, and says so', async () => {
    using folder = new Folder({ 'hello.lua': '-- mine', '.gitignore': 'node_modules' })
    expect(await actions(['init'], folder.path)).toMatchObject({
      'hello.lua': 'kept',
      'hello.js': 'wrote',
      '.gitignore': 'wrote',
    })
    expect(read(folder, 'hello.lua')).toBe('-- mine')
    expect(read(folder, '.gitignore')).toBe('node_modules\n.llmspell/\n')
    const again = Object.entries(await actions(['init'], folder.path))
    expect(again.filter(([, action]) => action !== 'unchanged')).toEqual([['hello.lua', 'kept']])
    expect((await llmspell(['init'], { cwd: folder.path })).stdout).toContain('--force')
    expect(await actions(['init', '--force'], folder.path)).toMatchObject({ 'hello.lua': 'wrote' })
    expect(read(folder, 'hello.lua')).toContain('Agent.create')
  })

  test('writes settings that are read, with all of them commented out', async () => {
    using folder = new Folder()
    await llmspell(['init'], { cwd: folder.path })
    const lines = read(folder, 'llmspell.toml').split('\n')
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
    const set = lines.map((line) => line.replace(/^# (?=\[|\w+ = )/, '')).join('\n')
    writeFileSync(join(folder.path, 'llmspell.toml'), set)
    const ended = await llmspell(['exec', 'return 1'], { cwd: folder.path })
    expect(ended).toMatchObject({ code: 0, stdout: '1\n' })
  })

  test('gives editors settings that are JSON', async () => {
    using folder = new Folder()
    await llmspell(['init'], { cwd: folder.path })
    expect(JSON.parse(read(folder, '.luarc.json'))).toMatchObject({
      'runtime.version': 'Lua 5.4',
      'workspace.library': ['.llmspell/types'],
    })
  })

  test('a file in the way is an error with a code', async () => {
    using folder = new Folder({ taken: '' })
    const ended = await llmspell(['init', 'taken', '--json'], { cwd: folder.path })
    expect(ended.code).toBe(3)
    expect(envelope(ended)).toMatchObject({ ok: false, error: { code: 'FILE_UNWRITABLE' } })
  })
})

describe('types', () => {
  test('writes types anew where they are ours, and nothing else', async () => {
    using folder = new Folder()
    expect(await actions(['types'], folder.path)).toEqual(
      Object.fromEntries(TYPES.map((path) => [path, 'wrote'])),
    )
    expect(readdirSync(folder.path)).toEqual(['.llmspell'])
    const first = read(folder, TYPES[1]!)
    folder.write(TYPES[1]!, `${first.split('\n')[0]}\n-- of an older version\n`)
    folder.write(TYPES[0]!, '// mine\n')
    const next = await actions(['types'], folder.path)
    expect(next).toEqual({ [TYPES[0]!]: 'kept', [TYPES[1]!]: 'wrote' })
    expect(read(folder, TYPES[1]!)).toBe(first)
  })

  test('knows the modules and tools of plugins of others, and loads none of them', async () => {
    using folder = new Folder(PLUGIN)
    const env = { LLMSPELL_HOME: join(folder.path, 'home') }
    const ended = await llmspell(['types', '.'], { cwd: folder.path, env })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const [declared, annotated] = TYPES.map((path) => read(folder, path))
    expect(declared).toContain('declare const Garden: Garden.Module')
    expect(declared).toContain('waterAll(plantNames: string[]): Promise<Garden.WaterAllResult>')
    expect(declared).toContain("'plant-seed': { depth_cm: number }")
    expect(annotated).toContain('function Garden.water_all(plant_names) end')
    expect(annotated).toContain('---@class Tool.Input.PlantSeed\n---@field depth_cm number')
  })

  test('a folder that does not exist is an error with a hint', async () => {
    using folder = new Folder()
    const ended = await llmspell(['types', 'nowhere'], { cwd: folder.path })
    expect(ended).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('llmspell init nowhere'),
    })
    expect(readdirSync(folder.path)).toEqual([])
  })
})

const GARDEN = {
  name: 'Garden',
  version: '1.0.0',
  doc: 'Plants.',
  functions: {
    water_all: {
      doc: 'Waters them.',
      params: [{ name: 'plant_names', schema: { type: 'array', items: { type: 'string' } } }],
      result: { type: 'object', properties: { litres_used: { type: 'number' } } },
    },
  },
}
const MANIFEST = {
  name: 'garden',
  version: '1.0.0',
  type: 'module',
  engines: { llmspell: '^0.2.0' },
  llmspell: {
    manifest: 1,
    id: 'garden',
    main: './index.js',
    phase: 'core',
    contributes: {
      'script-modules': [{ name: 'Garden', doc: 'Plants.', module: './garden.module.json' }],
      tools: [
        {
          name: 'plant-seed',
          description: 'Plants a seed.',
          category: 'garden',
          effect: 'unsafe',
          input: {
            type: 'object',
            additionalProperties: false,
            required: ['depth_cm'],
            properties: { depth_cm: { type: 'number' } },
          },
        },
      ],
    },
  },
}
const PLUGIN = {
  ...pluginFolder(MANIFEST, 'home/plugins'),
  'home/plugins/node_modules/garden/garden.module.json': JSON.stringify(GARDEN),
  'home/plugins/node_modules/garden/index.js': "throw new Error('was loaded')",
}
