// Cold start of whole processes, against a Node that does nothing.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installMade } from '../support/made-plugins.ts'
import { BIN, inFolder, inTurn, median, ms, processTime, ratio, report, times } from './support.ts'

const ROUNDS = 25

await inFolder(async (folder) => {
  const hello = join(folder, 'hello.lua')
  writeFileSync(hello, 'print("hello")\n')
  const { version } = (await import('../../cli/package.json', { with: { type: 'json' } })).default
  const [none, hundred] = [join(folder, 'none'), join(folder, 'hundred')]
  installMade(none, 0)
  installMade(hundred, 100)
  const side = (name: string, args: readonly string[], expected: string, home = none) => ({
    name,
    run: () => processTime(args, expected, { LLMSPELL_HOME: home }),
  })
  const sides = [
    side('node -e 0', ['-e', '0'], ''),
    side('llmspell --version', [BIN, '--version'], `llmspell ${version}\n`),
    side('llmspell run hello.lua', [BIN, 'run', hello], 'hello\n'),
    side('... with 100 plugins', [BIN, 'run', hello], 'hello\n', hundred),
    side('... --isolation=worker', [BIN, 'run', '--isolation=worker', hello], 'hello\n'),
  ]
  const all = await inTurn(sides, ROUNDS)
  const bare = all[0]!
  const rows = sides.map(({ name }, i) => ({
    what: name,
    figure: `${ms(median(all[i]!)).padStart(9)}  ${times(ratio(all[i]!, bare))} bare node`,
    ...(i === 2 ? { aim: 'at most 2x' } : {}),
  }))
  const more = median(all[3]!.map((ms, i) => ms - all[2]![i]!))
  const plugins = { what: '100 plugins', figure: `+${ms(more)}`, aim: 'at most +15 ms' }
  report('Start', [...rows, plugins])
})
