import type { AuditLine } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { CONFIG, HELP, JSON_FLAG, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { auditRows } from '../audit/rows.ts'
import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import { text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { count } from '../units.ts'

const OUTCOMES = ['allowed', 'denied', 'approved', 'refused']
const DEFAULT_LIMIT = '50'

const LIST: CommandSpec = {
  id: 'audit list',
  flags: [
    { name: 'run', kind: 'text', value: 'ID', summary: 'Only those of one run' },
    {
      name: 'outcome',
      kind: 'text',
      value: OUTCOMES.join('|'),
      options: OUTCOMES,
      summary: 'Only those with this outcome',
    },
    {
      name: 'limit',
      kind: 'text',
      value: 'N',
      summary: `At most so many, the newest (default: ${DEFAULT_LIMIT})`,
    },
    JSON_FLAG,
    CONFIG,
    HELP,
  ],
  args: [],
}
const VERIFY: CommandSpec = { id: 'audit verify', flags: [JSON_FLAG, CONFIG, HELP], args: [] }

async function list(stage: Stage): Promise<void> {
  const { parsed, json } = stage
  const limit = count('limit', text(parsed, 'limit') ?? DEFAULT_LIMIT)
  const run = text(parsed, 'run')
  const outcome = text(parsed, 'outcome')
  const audit = await (await stage.open(await stage.config())).use('audit')
  const filter = { limit, ...(run ? { run } : {}), ...(outcome ? { outcome } : {}) }
  const lines: AuditLine[] = await Array.fromAsync(audit.lines(filter))
  if (json) out(`${toJson({ ok: true, lines })}\n`)
  else if (lines.length === 0) out('No decision is noted.\n')
  else
    out(
      table(['TIME (UTC)', 'OUTCOME', 'DECISION'], auditRows(lines), painter(process.stdout.isTTY)),
    )
}

async function verify(stage: Stage): Promise<number> {
  const audit = await (await stage.open(await stage.config())).use('audit')
  const { lines, faults } = await audit.verify()
  const ok = faults.length === 0
  if (stage.json) out(`${toJson({ ok, lines, faults })}\n`)
  else
    out(`${faults.map((fault) => `${plain(fault)}\n`).join('')}${summary(lines, faults.length)}\n`)
  return ok ? 0 : EXIT_CODES.input
}

function summary(lines: number, faults: number): string {
  const checked = `${lines} ${lines === 1 ? 'line' : 'lines'} checked`
  return faults === 0 ? `${checked}, all in place` : `${checked}, ${faults} wrong`
}

export const auditList = define(
  LIST,
  {
    summary: 'List what was decided about permissions',
    examples: [
      { description: 'The newest decisions', command: '<%= config.bin %> audit list' },
      {
        description: 'What was denied, for programs',
        command: '<%= config.bin %> audit list --outcome denied --limit 10 --json',
      },
    ],
  },
  list,
)

export const auditVerify = define(
  VERIFY,
  {
    summary: 'Check that no line of the audit was changed or taken away',
    description: `Follows the chain of each process through the files. Lines at the very end, that
nothing has been written behind, can go unseen. Exit code 3 where something is
wrong.`,
    examples: [{ description: 'Check all files', command: '<%= config.bin %> audit verify' }],
  },
  verify,
)
