import { execFile } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, extname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BIN, cleanEnv, Folder, llmspell } from './cli/support.ts'
import { Site } from './http/site.ts'
import { AnthropicServer } from './support/anthropic-server.ts'
import { GoogleServer } from './support/google-server.ts'
import { ALL, openHouse, type House } from './support/kernel.ts'
import { blocks, commands, pages, promised } from './support/markdown.ts'
import { spawned } from './support/npm.ts'
import { OllamaServer } from './support/ollama-server.ts'
import { OpenAIServer } from './support/openai-server.ts'
import { ROOT } from './support/root.ts'

const READMES = pages(
  'README.md',
  '{cli,cli/runtime,kernel,sdk,plugin-template}/README.md',
  'plugins/*/README.md',
)
// The guide is walked through as a whole: test/plugin-guide.
const DOCS = pages('docs/*.md').filter((page) => page !== 'docs/plugin-guide.md')
const LUA = [...READMES, ...DOCS].flatMap((page) => blocks(page, 'lua'))
const SHELL = READMES.filter((page) =>
  blocks(page, 'sh').some((block) => commands(block).length > 0),
)

let server: OpenAIServer
let ollama: OllamaServer
let anthropic: AnthropicServer
let google: GoogleServer
let site: Site
let house: House
beforeAll(async () => {
  server = await OpenAIServer.start()
  ollama = await OllamaServer.start()
  process.env['OLLAMA_HOST'] = ollama.origin
  anthropic = await AnthropicServer.start()
  google = await GoogleServer.start()
  site = await Site.start()
  const at = (base_url: string) => ({ base_url, api_key: 'sk-test' })
  const providers = {
    openai: at(server.baseUrl),
    lmstudio: at(server.baseUrl),
    anthropic: at(anthropic.baseUrl),
    google: at(google.baseUrl),
  }

  backups = mkdtempSync(join(tmpdir(), 'backups-'))
  const state = { store: 'memory', backup_folder: backups }
  house = await openHouse(ALL, [], { plugins: { models: { providers }, state } })
})
let backups: string
afterAll(async () => {
  await house.kernel.stop()
  rmSync(backups, { recursive: true, force: true })
  for (const each of [server, anthropic, google]) await each.close()
  await site[Symbol.asyncDispose]()
})

/** Files by the ending of their name; long enough to read some lines of. */
const CONTENTS: Readonly<Record<string, string>> = {
  '.json': '{"lamps": 3, "kettles": 1}\n',
  '.csv': 'item,count\nlamp,3\nkettle,1\n',
  '.lua': 'print("hello")\n',
  '.js': 'print("hello")\n',
}
/** A page with words on it. */
const PAGE = { name: 'page.png', file: join(ROOT, 'plugins/tool-ocr/test/fixtures/page.png') }
const NOTES = Array.from({ length: 30 }, (_, i) => `Line ${i + 1}: lamps and kettles.\n`).join('')
const NAMED =
  /(?<![\w/.-])(?:\.\/)?((?:[\w-]+\/)*[\w-]+(?:\.test)?\.(?:txt|md|csv|json|log|lua|js|yaml))\b|page\.png\b/g

/** The files that a text names: those of `examples/` as they are, others made up. */
function prepare(
  folder: Folder,
  text: string,
  scripts: Readonly<Record<string, string>> = {},
): void {
  for (const [whole, name] of text.matchAll(NAMED)) {
    if (whole === PAGE.name) folder.write(PAGE.name, readFileSync(PAGE.file))
    if (name === undefined) continue
    const own = join(ROOT, name)
    const there = join(folder.path, name)
    if (name.startsWith('examples/') && existsSync(own)) cpSync(own, there)
    else if (!name.startsWith('examples/') && !existsSync(there))
      folder.write(name, scripts[name] ?? CONTENTS[extname(name)] ?? NOTES)
  }
}

/** What the pages of the tools of the system use of it. */
const MACHINE = {
  run: ['sort', 'echo'],
  unjailed: ['sort', 'echo'],
  env: ['LANG', 'LC_*'],
  sys: ['cpu', 'memory'],
}

describe('Lua of the pages', () => {
  const rows = LUA.filter(({ text }) => !text.startsWith('-- not run'))

  test.each(rows)('$page:$line runs', async (block) => {
    using folder = new Folder()
    prepare(folder, block.text)
    const source = block.text
      .replaceAll(/http:\/\/localhost:\d+/g, server.origin)
      .replaceAll('https://example.com/', site.url('/'))
    const { output } = await house.lua(source, {
      root: folder.path,
      settings: { model: 'mock/demo' },
      allow: {
        read: ['.'],
        write: ['.'],
        net: [server.origin, site.origin, ollama.origin],
        'net-private': [site.origin],
        ...MACHINE,
      },
      limits: { timeMs: 20_000 },
    })
    const printed = output.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim())
    for (const line of promised(block)) expect(printed).toContain(line.replaceAll(/\s+/g, ' '))
  })
})

test.each(blocks('README.md', 'js'))('JavaScript of $page:$line runs', async ({ text }) => {
  const { code, stderr } = await llmspell(['exec', text, '--engine=javascript', '-q'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

/** Programs that stand in a package which depends on the plugins that they name. */
test.each(blocks('plugins/isolation/README.md', 'js'))(
  'the program of $page:$line runs',
  async ({ text }) => {
    const argv = ['--input-type=module', '-e', text]
    const cwd = join(ROOT, 'cli', 'runtime')
    const { code, stdout, stderr } = await spawned(process.execPath, argv, cwd)
    const said = [...text.matchAll(/\/\/ (.*)$/gm)].map(([, line]) => `${line}\n`)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: said.join(''), stderr: '' })
  },
)

test.each(blocks('README.md', 'ts'))('TypeScript of $page:$line runs', async ({ text }) => {
  const argv = ['--no-warnings', '--input-type=module-typescript', '-e', text]
  const { code, stdout, stderr } = await spawned(process.execPath, argv, ROOT)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^\d+ /)
})

interface Ran {
  readonly line: string
  readonly code: number
  readonly stderr: string
}

/** Runs one line as a shell does, with `llmspell` in its path. */
function shell(folder: Folder, line: string): Promise<Ran> {
  const keys = {
    OPENAI_BASE_URL: server.baseUrl,
    OPENAI_API_KEY: 'sk-test',
    ANTHROPIC_BASE_URL: anthropic.baseUrl,
    ANTHROPIC_API_KEY: 'sk-test',
    GOOGLE_GENERATIVE_AI_BASE_URL: google.baseUrl,
    GOOGLE_GENERATIVE_AI_API_KEY: 'sk-test',
  }
  const path = [join(folder.path, '.bin'), dirname(process.execPath), process.env['PATH']]
  const env = cleanEnv({
    PATH: path.join(delimiter),
    OLLAMA_HOST: ollama.origin,
    ...(/(?:openai|anthropic|google)\//.test(line) ? keys : {}),
  })
  return new Promise((resolve) => {
    const options = { cwd: folder.path, env, timeout: 30_000 }
    const child = execFile('sh', ['-c', line], options, (error, _, stderr) =>
      resolve({ line, code: error ? Number(error.code ?? -1) : 0, stderr }),
    )
    child.stdin?.end()
  })
}

/** Files that a page shows: those whose first line is a comment with their name. */
function scriptsOf(page: string): Record<string, string> {
  const shown = [...blocks(page, 'lua'), ...blocks(page, 'yaml')]
  const name = /^(?:--|#) ([\w./-]+\.(?:lua|yaml))/
  const named = shown.map(({ text }) => [name.exec(text)?.[1], text])
  return Object.fromEntries(named.filter(([name]) => name !== undefined)) as Record<string, string>
}

describe.skipIf(process.platform === 'win32')('commands of the pages', () => {
  test.each(SHELL)('%s does what it says', async (page) => {
    using folder = new Folder()
    folder.write('.bin/llmspell', `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
    chmodSync(join(folder.path, '.bin', 'llmspell'), 0o755)
    const lines = blocks(page, 'sh').flatMap(commands)
    const scripts = scriptsOf(page)
    for (const { line, code } of lines) {
      prepare(folder, line, scripts)
      for (const text of Object.values(scripts)) prepare(folder, text)
      expect(await shell(folder, line)).toMatchObject({ line, code })
    }
  })
})

test('the pages have examples', () => {
  expect(LUA.length).toBeGreaterThan(8)
  expect(SHELL).toContain('cli/README.md')
})
