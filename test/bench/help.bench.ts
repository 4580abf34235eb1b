// Help must not get slower with the number of installed plugins.
import { join } from 'node:path'
import { installMade } from '../support/made-plugins.ts'
import { BIN, inFolder, inTurn, median, ms, report } from './support.ts'
import { spawnSync } from 'node:child_process'

const ROUNDS = 21

function run(home: string, args: readonly string[], wanted: RegExp): number {
  const started = performance.now()
  const env = { ...process.env, LLMSPELL_HOME: home }
  const { stdout, status } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', env })
  const took = performance.now() - started
  if (status !== 0 || !wanted.test(stdout))
    throw new Error(`${args.join(' ')}: exit ${status}\n${stdout}`)
  return took
}

await inFolder(async (folder) => {
  const [none, hundred] = [join(folder, 'none'), join(folder, 'hundred')]
  installMade(none, 0)
  installMade(hundred, 100)
  const side = (name: string, home: string, args: readonly string[], wanted: RegExp) => ({
    name,
    run: () => run(home, args, wanted),
  })
  const all = await inTurn(
    [
      side('--help', none, ['--help'], /run/),
      side('--help 100', hundred, ['--help'], /run/),
      side('tool list', none, ['tool', 'list'], /calculator/),
      side('tool list 100', hundred, ['tool', 'list'], /tool-made-99/),
      side('exec', none, ['exec', 'return 1'], /1/),
      side('exec 100', hundred, ['exec', 'return 1'], /1/),
    ],
    ROUNDS,
  )
  const [help, help100, list, list100, exec, exec100] = all.map(median) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const row = (what: string, a: number, b: number, aim?: string) => ({
    what,
    figure: `${ms(a)} with none, ${ms(b)} with 100 plugins: +${ms(b - a)}`,
    ...(aim ? { aim } : {}),
  })
  report('Installed plugins', [
    row('--help', help, help100, 'at most +15 ms'),
    row('tool list', list, list100),
    row('exec', exec, exec100),
  ])
})
