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
