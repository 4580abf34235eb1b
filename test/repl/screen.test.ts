import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'
import { ROOT } from '../support/root.ts'
import { onScreen, Screen } from './screen.ts'

const PICTURE = readFileSync(join(ROOT, 'plugins/tool-ocr/test/fixtures/page.png'))

let house: House
beforeAll(async () => {
  house = await openHouse([...ALL, 'engine-javascript', 'repl'])
})
afterAll(() => house.kernel.stop())

test.each([
  ['lua', 'Tool.\t', /Tool\.calculator\s[^]*Tool\.execute[^]*Tool\.file_read/],
  ['lua', 'Agent.\t', /Agent\.builder\s+Agent\.create/],
  ['lua', 'State.\t', /State\.load/],
  ['lua', 'Tool.calc\t', /Tool\.calculator/],
  ['lua', 'Tool.execute("calc\t', /"calculator/],
  ['lua', 'Tool.calculator{ expr\t', /expression = /],
  ['lua', 'Agent.create{ model = "mock/d\t', /"mock\/demo/],
  ['lua', '.model \t', /anthropic\/[^]*google\/[^]*mock\//],
  ['lua', '.model mock/\t', /mock\/demo\s+mock\/scripted/],
  ['lua', '.media pa\t', /page\.png/],
  ['lua', '.load li\t', /lib\.lua/],
  ['javascript', 'Tool.\t', /Tool\.calculator\s[^]*Tool\.execute[^]*Tool\.fileRead/],
  ['javascript', 'Agent.\t', /Agent\.builder\s+Agent\.create/],
  ['javascript', 'await Tool.fileRead({ path: "pa\t', /"page\.png/],
  ['javascript', 'await Agent.create({ systemP\t', /systemPrompt: /],
] as const)('Tab in %s behind %j', async (engine, typed, shown) => {
  using folder = new Folder({ 'lib.lua': '', 'page.png': '' })
  const options = { engine, root: folder.path, allow: { read: ['.'] } }
  const end = await onScreen(house, new Screen(), [[typed, shown]], options)
  expect(end.failure).toBeUndefined()
})

test.each([60, 80])('help and tables fit into %i columns', async (columns) => {
  const screen = new Screen(columns)
  await onScreen(
    house,
    screen,
    [
      ['.help\r', /Ctrl-D\s+leaves/],
      ['.tools\r', /web-scrape[^]*lua> $/],
      ['.hooks\r', /lua> $/],
      [`x = "${'long '.repeat(30)}" .tim\b\b\b\b\b\r`, /lua> $/],
      ['.time\r', /all\r?\n[^]*lua> $/],
    ],
    { colour: false },
  )
  const lines = screen.text.replaceAll(/\p{Cc}\[[\d;?]*[A-Za-z]/gu, '').split(/\r?\n/)
  const wide = lines.filter((line) => line.length > columns && !line.includes('long long'))
  expect(wide).toEqual([])
})

test.each([
  [
    '.state user:nobody\r',
    /Scope 'user:nobody' is empty\. Put something there: State\.save\("user:nobody"/,
  ],
  ['.hooks zzz\r', /No hook point has 'zzz'\. All of them: \.hooks/],
  ['.tools zzz\r', /No tool has 'zzz'\. All of them: \.tools/],
  ['.model\r', /mock\/demo\. Choose one: \.model PROVIDER\/MODEL/],
  ['.engin js\r', /Did you mean '\.engine'/],
  ['.engine jss\r', /Did you mean 'js'/],
  ['.engine js\r', /javascript \(javascript\)[^]*js> $/],
] as const)('what %j says goes on', async (typed, shown) => {
  const end = await onScreen(house, new Screen(), [[typed, shown]])
  expect(end.failure).toBeUndefined()
})

test('the first line says where one is', async () => {
  const screen = new Screen()
  await onScreen(house, screen, [], { session: 'desk' })
  expect(screen.text).toContain('Lua, model mock/demo, session desk. .help shows the commands.')
})

test('an error between two entries stands above the line that is being typed', async () => {
  const screen = new Screen()
  const end = await onScreen(
    house,
    screen,
    [
      ['setTimeout(() => { throw new Error("late") }, 150); 1\r', /\n1\n/],
      ['1 + ', /Uncaught: late \| entry 1:1:35[^]*js> 1 \+ /],
      ['1\r', /\n2\n/],
    ],
    { engine: 'javascript', colour: false },
  )
  expect(end.entries).toBe(2)
})

test('what is pasted is entered line by line, and its end waits', async () => {
  const text = 'function f()\n\treturn 40\nend\nf() + 1\nf() +'
  const end = await onScreen(house, new Screen(), [
    [`\u001B[200~${text}\u001B[201~`, /\n41\n[^]*lua> f\(\) \+/],
    [' 2\r', /\n42\n/],
  ])
  expect(end.entries).toBe(3)
})

const SIXEL = '\u001B[?62;4;22c'

test.each([
  [
    'answers that it draws sixels',
    (asked: string) => (asked.includes('\u001B[c') ? SIXEL : ''),
    /\p{Cc}P[\d;]*q/u,
  ],
  [
    'knows the protocol of kitty',
    (asked: string) => (asked.includes('_Gi=31') ? `\u001B_Gi=31;OK\u001B\\${SIXEL}` : ''),
    /\p{Cc}_Ga=T/u,
  ],
  ['says nothing', () => '', /▀/],
] as const)('a terminal that %s shows a picture', async (_, answer, drawn) => {
  using folder = new Folder()
  folder.write('page.png', PICTURE)
  const screen = new Screen()
  screen.answer = answer
  await onScreen(
    house,
    screen,
    [
      ['.media page.png\r', /520 x 80 pixels[^]*lua> $/],
      ['6 * 7\r', /\n42\n/],
    ],
    { root: folder.path, allow: { read: ['.'] } },
  )
  expect(screen.text).toMatch(drawn)
  expect(screen.text).not.toContain('?62;4')
})
