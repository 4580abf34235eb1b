import {
  engineChecks,
  machineChecks,
  modelChecks,
  pluginChecks,
  type Check,
} from '../doctor/checks.ts'
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
  const kernel = await stage.examine(await stage.config())
  const models = await modelChecks(kernel)
  const checks = [...machineChecks(), ...pluginChecks(kernel), ...engineChecks(kernel), ...models]
  const ok = checks.every((check) => check.ok)
  out(stage.json ? `${toJson({ ok, checks })}\n` : page(checks))
  return ok ? 0 : EXIT_CODES.unavailable
}

function page(checks: readonly Check[]): string {
  const rows = checks.map(({ name, ok, text, hint }) => {
    return [
      ok ? 'ok' : 'FAIL',
      name,
      hint === undefined ? text : `${text.replace(/\.+$/, '')}. ${hint}`,
    ]
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
