import { expect, test } from 'vitest'
import { Folder, llmspell, type Ended } from './support.ts'

/** What both doors must agree in; times, run ids and the like differ by nature. */
function alike({ code, stdout, stderr }: Ended): object {
  const varying = /"(?:run_id|duration_ms)":(?:"[^"]*"|[\d.]+)/g
  return { code, stderr, stdout: stdout.replaceAll(varying, '') }
}

const FILES = {
  'hello.lua': 'print("hello", ARGS[1], ARGS.topic)\nreturn { n = #arg }',
  'fail.lua': 'local a = 1\nerror{ code = "NO_INVOICE", message = "There is none." }',
  'syntax.lua': 'local a = = 1',
}

test.each([
  [['--version']],
  [['-v']],
  [['run', 'hello.lua', 'a', 'b', 'a', '--topic', 'cats']],
  [['run', '--json', 'hello.lua', 'one']],
  [['run', 'hello.lua', '--', '--json']],
  [['run', 'fail.lua']],
  [['run', 'fail.lua', '--json']],
  [['run', 'syntax.lua']],
  [['run', 'helo.lua']],
  [['run', 'helo.lua', '--json']],
  [['run']],
  [['run', '--bogus', 'hello.lua']],
  [['run', 'hello.lua', '--max-time=ten']],
  [['run', 'hello.lua', '--isolation=process', '--json']],
  [['run', 'hello.lua', '--config', 'none.toml']],
  [['exec', 'return 6 * 7']],
  [['exec', 'print(ARGS[1])', 'x']],
  [['exec', 'return 1', '--engine=python']],
  [['run', '--help']],
])('both doors do the same for %j', async (argv) => {
  using folder = new Folder(FILES)
  const [fast, slow] = await Promise.all([
    llmspell(argv, { cwd: folder.path }),
    llmspell(argv, { cwd: folder.path, env: { LLMSPELL_FAST: '0' } }),
  ])
  expect(alike(fast)).toEqual(alike(slow))
})
