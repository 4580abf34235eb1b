import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, widest } from './support.ts'

const home = mkdtempSync(join(tmpdir(), 'llmspell-artifacts-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const env = { LLMSPELL_HOME: home }

interface Row {
  readonly name: string
  readonly category: string
  readonly permissions: Readonly<Record<string, readonly string[]>>
}

async function rows(...flags: string[]): Promise<readonly Row[]> {
  const { tools } = envelope(await llmspell(['tool', 'list', '--json', ...flags]))
  return tools as readonly Row[]
}

describe('tool list', () => {
  test('has at least twenty tools, by category', async () => {
    const all = await rows()
    expect(all.length).toBeGreaterThanOrEqual(20)
    const categories = all.map(({ category }) => category)
    expect(categories).toEqual(categories.toSorted((a, b) => a.localeCompare(b)))
    const { stdout } = await llmspell(['tool', 'list'])
    for (const category of new Set(categories))
      expect(stdout).toMatch(new RegExp(`^${category}$`, 'm'))
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  })

  test('shows those that fit', async () => {
    const names = async (...flags: string[]): Promise<string[]> =>
      (await rows(...flags)).map(({ name }) => name)
    expect(await names('--category', 'math')).toEqual(['calculator'])
    expect(await names('--source', 'tool-file-read')).toEqual(['file-read'])
    expect(await names('--tag', 'percent')).toEqual(['calculator'])
    expect((await names('--query', 'arithmetic numbers'))[0]).toBe('calculator')
    const readers = await rows('--permission', 'read')
    expect(readers.every(({ permissions }) => 'read' in permissions)).toBe(true)
    const free = await rows('--permission', 'none')
    expect(free.flatMap(({ permissions }) => Object.values(permissions).flat())).toEqual([])
    expect(free.length + readers.length).toBeGreaterThan(5)
    expect(await llmspell(['tool', 'list', '--permission', 'reed'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("Did you mean 'read'?"),
    })
    expect(await llmspell(['tool', 'list', '--tag', 'nowhere'])).toMatchObject({
      code: 0,
      stdout: 'No tool fits.\n',
    })
  })
})

describe('tool invoke', () => {
  test('takes its input from stdin', async () => {
    const words = ['tool', 'invoke', 'calculator', '--params', '-']
    expect(await llmspell(words, { input: '{"expression": "6 * 7"}' })).toMatchObject({
      code: 0,
      stdout: '42\n',
    })
    expect(await llmspell(words, { input: '{' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'--params'"),
    })
  })

  test('reads values as the schema of the tool says, and names that are flags too', async () => {
    const invoke = (...words: string[]): Promise<unknown> => llmspell(['tool', 'invoke', ...words])
    const add = ['datetime', '--operation', 'add', '--value', '2024-01-31', '--format', 'sql']
    const later = { code: 0, stdout: '2024-02-29 00:00:00.000 Z\n' }
    expect(await invoke(...add, '--amount', '{"months":1}')).toMatchObject(later)
    expect(await invoke(...add, '--', '--param.amount={"months":1}')).toMatchObject(later)
    expect(await invoke('template', '--template', 'x', '--values', 'y')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`--values '{"key": "value"}'`),
    })
    expect(await invoke('text', '--text', 'x')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('"split", "match", "replace"'),
    })
    expect(await invoke('file-read', '--path', 'x', '--on_error', 'return')).toMatchObject({
      code: 2,
    })
  })

  test('one value may come from stdin', async () => {
    const words = ['tool', 'invoke', 'text', '--operation', 'case', '--style', 'upper', '--text']
    expect(await llmspell([...words, '-'], { input: 'lamp' })).toMatchObject({ stdout: 'LAMP\n' })
    expect(await llmspell([...words, '-', '--to', '-'], { input: 'lamp' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stdin is there once'),
    })
  })

  test('shows the parameters of the tool as its help', async () => {
    const { code, stdout } = await llmspell(['tool', 'invoke', 'http-request', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--param.json')
    expect(stdout).toContain('In JavaScript')
  })

  test('ends with the code of a failed tool where what ran failed', async () => {
    const words = ['tool', 'invoke', 'command', '--program', 'sh', '--args', '-c', '--args']
    const run = await llmspell([
      ...words,
      'echo a, b; exit 3',
      '--allow-run=sh',
      '--allow-unjailed=sh',
    ])
    expect(run).toMatchObject({ code: 7, stdout: expect.stringContaining('a, b\n') })
  })

  test('prints the lines around what it has found', async () => {
    using folder = new Folder({ 'a.txt': 'one\ntwo\nthree\n' })
    const words = ['tool', 'invoke', 'file-search', '--content', 'two', '--context', '1']
    const lines = 'a.txt-1- one\na.txt:2: two\na.txt-3- three\n'
    for (const more of [[], ['--stream']]) {
      const run = await llmspell([...words, ...more, '--allow-read=.'], { cwd: folder.path })
      expect(run).toMatchObject({ code: 0, stdout: lines })
    }
  })

  test('writes a stream as it comes', async () => {
    const text = 'a line of the file\n'.repeat(50_000)
    using folder = new Folder({ 'big.txt': text })
    const words = ['tool', 'invoke', 'fileRead', '--path', 'big.txt', '--allow-read=.', '--stream']
    const { code, stdout, stderr } = await llmspell(words, { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(text)
    expect(await llmspell([...words, '--json'], { cwd: folder.path })).toMatchObject({ code: 2 })
  })

  test('writes the result of a tool that does not stream', async () => {
    const words = ['tool', 'invoke', 'calculator', '--expression', '2^10', '--stream']
    expect(await llmspell(words)).toMatchObject({ code: 0, stdout: '1024\n' })
  })
})

describe('artifact', () => {
  const keep = (content: string): Promise<string> => {
    const code = `return Artifact.save{ name = "kept.txt", content = "${content}", tags = { "a" } }.id`
    return llmspell(['exec', code], { env }).then(({ stdout }) => stdout.trim())
  }

  test('list, show, export and remove what a script has kept', async () => {
    const id = await keep('roses')
    const list = await llmspell(['artifact', 'list'], { env })
    expect(list.stdout).toMatch(/kept\.txt/)
    expect(widest(list.stdout)).toBeLessThanOrEqual(80)
    const short = id.slice(0, 12)
    const show = envelope(await llmspell(['artifact', 'show', short, '--json'], { env }))
    expect(show).toMatchObject({ ok: true, artifact: { id, bytes: 5, mime: 'text/plain' } })
    using folder = new Folder()
    const options = { env, cwd: folder.path }
    expect(await llmspell(['artifact', 'export', short, 'copy.txt'], options)).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(readFileSync(join(folder.path, 'copy.txt'), 'utf8')).toBe('roses')
    expect(await llmspell(['artifact', 'export', id, 'copy.txt'], options)).toMatchObject({
      code: 3,
    })
    expect((await llmspell(['artifact', 'export', id, '-'], options)).stdout).toBe('roses')
    expect(await llmspell(['artifact', 'remove', id], options)).toMatchObject({ code: 0 })
    expect(await llmspell(['artifact', 'show', id], options)).toMatchObject({ code: 3 })
  })

  test('of another run is not a script’s to read', async () => {
    const id = await keep('violets')
    const read = ['exec', `print(Artifact.get("${id}").content)`]
    expect(await llmspell([...read, '--no-ask'], { env })).toMatchObject({ code: 4, stdout: '' })
    const granted = [...read, `--allow-read=${join(home, 'artifacts')}`]
    expect(await llmspell(granted, { env })).toMatchObject({ code: 0, stdout: 'violets\n' })
  })
})
