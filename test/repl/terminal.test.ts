import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { ROOT } from '../support/root.ts'
import { HAS_TMUX, Pane } from './tmux.ts'

const PICTURE = readFileSync(join(ROOT, 'plugins/tool-ocr/test/fixtures/page.png'))

const WORDS = {
  lua: {
    prompt: 'lua> ',
    begin: 'local agent = Agent.cr',
    begun: /Agent\.create$/m,
    option: '{ system_pr',
    filled: /system_prompt =$/m,
    rest: '"Hi" }',
    lines: ['function add(a)', 'return a + 2', 'end'],
    sum: 'add(40)',
    tool: 'Tool.execute("calcu',
    toolEnd: '", { expression = "6*7" }).result.value',
    file: 'Tool.file_read{ path = "no',
    fileEnd: '" }.result.bytes',
    stream: 'for c in agent:stream("hello") do write(c.text) end',
    wait: 'print("be" .. "gun") Async.sleep(600000)',
    loop: 'print("be" .. "gun") while true do end',
    behind: 'add(5)',
  },
  javascript: {
    prompt: 'js> ',
    begin: 'const agent = await Agent.cr',
    begun: /Agent\.create$/m,
    option: '({ systemPr',
    filled: /systemPrompt:$/m,
    rest: '"Hi" })',
    lines: ['function add(a) {', 'return a + 2', '}'],
    sum: 'add(40)',
    tool: '(await Tool.execute("calcu',
    toolEnd: '", { expression: "6*7" })).result.value',
    file: '(await Tool.fileRead({ path: "no',
    fileEnd: '" })).result.bytes',
    stream: 'for await (const c of agent.stream("hello")) write(c.text)',
    wait: 'print("be" + "gun"); await Async.sleep(600000)',
    loop: 'print("be" + "gun"); while (true) {}',
    behind: 'add(5)',
  },
} as const

/** The prompt on the last line: what was entered has ended. */
const ready = (prompt: string): RegExp => new RegExp(`^${prompt.trimEnd()}$`, 'm')

// The other language walks the same way, and costs as much again.
const LANGUAGES: readonly (keyof typeof WORDS)[] =
  process.env['LLMSPELL_TEST_FULL'] === '1' ? ['lua', 'javascript'] : ['lua']

describe.skipIf(!HAS_TMUX).each(LANGUAGES)('a terminal in %s', (engine) => {
  const words = WORDS[engine]

  test('completes, takes several lines, streams, stops what runs and shows a picture', async () => {
    using folder = new Folder({ 'notes.txt': 'lamp\n' })
    folder.write('page.png', PICTURE)
    const argv = ['repl', '-e', engine, '--allow-read=.', '--model', 'mock/demo']
    using pane = new Pane(argv, folder.path, join(folder.path, 'home'))
    await pane.shows(ready(words.prompt))
    pane.type(words.begin, 'Tab')
    await pane.shows(words.begun)
    pane.type(words.option, 'Tab')
    await pane.shows(words.filled)
    await pane.enters(words.rest, ready(words.prompt))
    for (const line of words.lines) await pane.enters(line, /> ?$/)
    await pane.enters(words.sum, /^42$/m)
    pane.type(words.tool, 'Tab')
    await pane.shows(/calculator/)
    pane.type(words.toolEnd, 'C-l', 'Enter')
    await pane.shows(/^42$/m)
    pane.type(words.file, 'Tab')
    await pane.shows(/notes\.txt/)
    await pane.enters(words.fileEnd, /^5$/m)
    await pane.enters(words.stream, /You asked: hello[^]*> ?$/)
    await pane.enters(words.wait, /^begun$/m)
    pane.type('', 'C-c')
    await pane.shows(/CANCELLED[^]*> ?$/)
    pane.type('', 'C-l')
    await pane.enters(words.loop, /^begun$/m)
    pane.type('', 'C-c')
    await pane.shows(/CANCELLED[^]*opened anew[^]*> ?$/)
    await pane.enters(words.behind, /^7$/m)
    await pane.enters('.media page.png', /▀{10}[^]*page\.png, image\/png, .* pixels/)
    pane.type('', 'C-d')
    expect(await pane.shows(/left with/)).toContain('left with 0')
  })
})

test.skipIf(!HAS_TMUX)('the history outlives the session, and can be searched', async () => {
  using folder = new Folder()
  const home = join(folder.path, 'home')
  const key = `sk-${'a1b2c3d4e5'.repeat(3)}`
  {
    using pane = new Pane(['repl'], folder.path, home)
    await pane.shows(/^lua>$/m)
    // More than a row of the screen, in one burst and key by key: what stands above stays.
    const long = `#"${'x'.repeat(90)}"`
    await pane.enters(long, /^90$/m)
    for (const key of long.slice(0, 80)) pane.type(key)
    pane.type(long.slice(80), 'Enter')
    const screen = await pane.shows(/90\n[^]*\n90\nlua>$/)
    expect(screen).toMatch(/^Lua, model by default\. \.help shows the commands\.\nlua> #/)
    await pane.enters('lamps = 6 * 7', ready('lua> '))
    for (const line of ['function f()', 'return "two lines"', 'end'])
      await pane.enters(line, /> ?$/)
    await pane.enters(`secret = "${key}"`, ready('lua> '))
    await pane.enters('.exit', /left with 0/)
  }
  expect(statSync(join(home, 'history')).mode & 0o777).toBe(0o600)
  const kept = readFileSync(join(home, 'history'), 'utf8').split('\n')
  expect(kept).toContain(String.raw`function f()\nreturn "two lines"\nend`)
  expect(kept.join()).not.toContain(key)
  using pane = new Pane(['repl'], folder.path, home)
  await pane.shows(/^lua>$/m)
  pane.type('', 'C-r')
  pane.type('lam')
  await pane.shows(/\(search\) lam: lamps = 6 \* 7/)
  pane.type('', 'Enter')
  await pane.enters('lamps', /^42$/m)
  await pane.enters('Run.ask("Which?", { choices = { "red", "blue" } })', /answer: ?$/)
  await pane.enters('2', /^blue$/m)
  await pane.enters('Tool.file_read{ path = "none.txt" }.success', /\[n\]o, \[s\]top/)
  await pane.enters('n', /PERMISSION_DENIED[^]*lua>$/)
  pane.type('', 'C-c')
  await pane.shows(/Ctrl-C again/)
  pane.type('', 'C-c')
  await pane.shows(/left with 0/)
})
