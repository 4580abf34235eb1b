import type { Kernel, PluginReport } from '@llmspell/kernel'
import { EXIT_CODES } from '../exit.ts'
import { CONFIG, HELP, JSON_FLAG, PLUGIN, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { activate } from '../plugin/activate.ts'
import { findPlugin } from '../plugin/find.ts'
import { pluginFacts } from '../plugin/manifest.ts'
import { pluginPage } from '../plugin/page.ts'
import {
  inspectSpec,
  isSpec,
  storedPlugins,
  storedTable,
  storeProblems,
} from '../plugin/store/show.ts'
import { problemLines, reportTree } from '../plugin/tree.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import type { Stage } from '../stage.ts'

const FLAGS = [JSON_FLAG, CONFIG, PLUGIN, HELP]
const LIST: CommandSpec = { id: 'plugin list', flags: FLAGS, args: [] }
const DOCTOR: CommandSpec = { id: 'plugin doctor', flags: FLAGS, args: [] }
const INSPECT: CommandSpec = {
  id: 'plugin inspect',
  flags: FLAGS,
  args: [{ name: 'id', summary: 'Id or package; name@version asks the registry', required: true }],
}

async function list(stage: Stage): Promise<void> {
  const kernel = await stage.examine(await stage.config())
  const rows = kernel.list()
  const stored = await storedPlugins(kernel)
  if (stage.json) {
    const plugins = rows.map(
      ({ id, package: name, version, description, contract, phase, state, source }) => {
        const { root: _, ...more } = stored.find((one) => one.id === id) ?? { root: '' }
        return { id, package: name, version, description, contract, phase, state, source, ...more }
      },
    )
    out(`${toJson({ ok: true, plugins })}\n`)
    return
  }
  const cells = rows.map((row) => [row.id, row.version, row.phase, stateOf(row), sourceOf(row)])
  const head = ['PLUGIN', 'VERSION', 'PHASE', 'STATE', 'SOURCE']
  const paint = painter(process.stdout.isTTY)
  out(table(head, cells, paint) + storedTable(stored, paint))
}

/** What a plugin of one file says about itself stands here: no other page of its own does. */
function sourceOf({ source, description }: PluginReport): string {
  return description === undefined ? source : `${source}: ${description}`
}

/** `resolved` is the kernel's word for: ready, and not needed yet. */
function stateOf({ state }: PluginReport): string {
  return state === 'resolved' ? 'ready' : state
}

async function inspect(stage: Stage): Promise<void> {
  const kernel = await stage.examine(await stage.config())
  const name = stage.parsed.args[0]!
  if (isSpec(kernel, name)) return inspectSpec(stage, kernel, name)
  const row = findPlugin(kernel, name)
  const facts = pluginFacts(kernel, stage.root, row)
  if (stage.json) out(`${toJson({ ok: true, plugin: { ...row, ...facts } })}\n`)
  else out(pluginPage(row, facts, painter(process.stdout.isTTY)))
}

async function doctor(stage: Stage): Promise<number> {
  const kernel = await stage.examine(await stage.config())
  await activateAll(stage.root, kernel)
  const problems = [...(await kernel.check()), ...(await storeProblems(kernel))]
  const report = kernel.report()
  const healthy = report.plugins.every((row) => row.state === 'active' || isOff(row))
  const ok = healthy && problems.every((problem) => problem.severity !== 'error')
  const paint = painter(process.stdout.isTTY)
  if (stage.json) out(`${toJson({ ok, ...report, problems })}\n`)
  else out(reportTree(report, paint) + problemLines(report, problems, paint))
  return ok ? 0 : EXIT_CODES.unavailable
}

/** Switched off by the user: no fault. */
function isOff({ failure }: PluginReport): boolean {
  return failure?.code === 'PLUGIN_DISABLED'
}

async function activateAll(root: string, kernel: Kernel): Promise<void> {
  for (const row of kernel.list()) {
    const facts = pluginFacts(kernel, root, row)
    if (facts) await activate(kernel, facts)
  }
}

export const pluginList = define(
  LIST,
  {
    summary: 'List the installed plugins',
    examples: [{ description: 'List the plugins', command: '<%= config.bin %> plugin list' }],
  },
  list,
)

export const pluginInspect = define(
  INSPECT,
  {
    summary: 'Show what a plugin brings, needs and may do',
    examples: [
      { description: 'Look at one plugin', command: '<%= config.bin %> plugin inspect engine-lua' },
      {
        description: 'Look at one that is not installed',
        command: '<%= config.bin %> plugin inspect llmspell-plugin-weather@latest',
      },
    ],
  },
  inspect,
)

export const pluginDoctor = define(
  DOCTOR,
  {
    summary: 'Start every plugin and show times and failures',
    examples: [{ description: 'Check all plugins', command: '<%= config.bin %> plugin doctor' }],
  },
  doctor,
)
