// Help must not get slower with the number of installed plugins.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestHash } from '@llmspell/kernel'
import { BIN, inFolder, inTurn, median, ms, report } from './support.ts'
import { spawnSync } from 'node:child_process'

const ROUNDS = 21

/** A user's plugin folder with `count` installed plugins. */
function pluginFolder(home: string, count: number): void {
  const folder = join(home, 'plugins')
  const names = Array.from({ length: count }, (_, i) => `llmspell-tool-made-${i}`)
  const plugins = names.map((name) => writePlugin(join(folder, 'node_modules', name), name))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'plugins.lock.json'), JSON.stringify({ plugins }))
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
}

/** @returns its entry for the lock */
function writePlugin(folder: string, name: string): object {
  mkdirSync(folder, { recursive: true })
  const id = name.replace('llmspell-', '')
  const input = {
    type: 'object',
    additionalProperties: false,
    properties: { text: { type: 'string' } },
  }
  const tool = {
    name: id,
    description: 'A tool made for a measurement.',
    category: 'made',
    effect: 'pure',
    input,
  }
  const manifest = {
    manifest: 1,
    id,
    main: './index.js',
    phase: 'core',
    contributes: { tools: [tool] },
  }
  const json = {
    name,
    version: '1.0.0',
    type: 'module',
    engines: { llmspell: '^0.2.0' },
    llmspell: manifest,
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(json))
  writeFileSync(join(folder, 'index.js'), 'throw new Error("imported")\n')
  const { version } = json
  return { id, package: name, version, trusted: true, manifestHash: manifestHash(json) }
}

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
  pluginFolder(none, 0)
  pluginFolder(hundred, 100)
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
