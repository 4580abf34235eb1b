import type { Config } from '../config.ts'
import { failed, type Check } from '../doctor/check.ts'
import { engineChecks, jailCheck, machineChecks } from '../doctor/checks.ts'
import { modelChecks } from '../doctor/models.ts'
import { pluginChecks } from '../doctor/plugins.ts'
import { EXIT_CODES } from '../exit.ts'
import { CONFIG, HELP, JSON_FLAG, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import type { Stage } from '../stage.ts'

const SPEC: CommandSpec = { id: 'doctor', flags: [JSON_FLAG, CONFIG, HELP], args: [] }

async function examine(stage: Stage): Promise<number> {
  const [config, broken] = await configOf(stage)
  const kernel = await stage.examine(config)
  const models = await modelChecks(kernel, config)
  const plugins = await pluginChecks(kernel)
  const sandboxed = [...engineChecks(kernel), await jailCheck(kernel)]
  const checks = [...machineChecks(), ...broken, ...plugins, ...sandboxed, ...models]
  const fault = checks.find(({ state }) => state === 'fail')
  const rows = checks.map(({ exit, ...row }) => ({
    ok: exit === undefined && row.state === 'ok',
    ...row,
  }))
  out(stage.json ? `${toJson({ ok: !fault, checks: rows })}\n` : page(checks))
  return fault ? (fault.exit ?? EXIT_CODES.unavailable) : 0
}

/** A config that cannot be read is one of the findings, and not the end of them. */
async function configOf(stage: Stage): Promise<readonly [Config, readonly Check[]]> {
  try {
    return [await stage.config(), []]
  } catch (error) {
    return [{}, [failed('config', error)]]
  }
}

const MARKS = { ok: 'ok', off: '-', fail: 'FAIL' } as const

function page(checks: readonly Check[]): string {
  const rows = checks.map(({ name, state, text, hint }) => {
    const found = hint === undefined ? text : `${text.replace(/\.+$/, '')}. ${hint}`
    return [MARKS[state], name, found]
  })
  return table(['', 'CHECK', 'FOUND'], rows, painter(process.stdout.isTTY))
}

export const doctor = define(
  SPEC,
  {
    summary: 'Check the installation: Node, plugins, engines, models',
    examples: [{ description: 'Check everything', command: '<%= config.bin %> doctor' }],
  },
  examine,
)
