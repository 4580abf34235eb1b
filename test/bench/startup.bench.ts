// Cold start of whole processes, against a Node that does nothing.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIN, inFolder, inTurn, median, ms, processTime, ratio, report, times } from './support.ts'

const ROUNDS = 25

await inFolder(async (folder) => {
  const hello = join(folder, 'hello.lua')
  writeFileSync(hello, 'print("hello")\n')
  const { version } = (await import('../../cli/package.json', { with: { type: 'json' } })).default
  const side = (name: string, args: readonly string[], expected: string) => ({
    name,
    run: () => processTime(args, expected),
  })
  const sides = [
    side('node -e 0', ['-e', '0'], ''),
    side('llmspell --version', [BIN, '--version'], `llmspell ${version}\n`),
    side('llmspell run hello.lua', [BIN, 'run', hello], 'hello\n'),
    side('... --isolation=worker', [BIN, 'run', '--isolation=worker', hello], 'hello\n'),
  ]
  const all = await inTurn(sides, ROUNDS)
  const bare = all[0]!
  const rows = sides.map(({ name }, i) => ({
    what: name,
    figure: `${ms(median(all[i]!)).padStart(9)}  ${times(ratio(all[i]!, bare))} bare node`,
    ...(i === 2 ? { aim: 'at most 2x' } : {}),
  }))
  report('Start', rows)
})
