import { EXIT_CODES } from '../exit.ts'
import { CONFIG, HELP, JSON_FLAG, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import { reportText } from '../secret/report.ts'
import { secretFile } from '../secret/service.ts'
import { readValue } from '../secret/value.ts'
import type { Stage } from '../stage.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const NAME = { name: 'name', summary: 'Name of the secret', required: true }

const SET: CommandSpec = {
  id: 'secret set',
  flags: [
    {
      name: 'host',
      kind: 'list',
      value: 'HOSTS',
      summary: 'Send it to these hosts only: api.github.com, *.example.com, localhost:8000',
    },
    ...FLAGS,
  ],
  args: [NAME],
}
const LIST: CommandSpec = { id: 'secret list', flags: FLAGS, args: [] }
const REMOVE: CommandSpec = { id: 'secret remove', flags: FLAGS, args: [NAME] }
const CHECK: CommandSpec = { id: 'secret check', flags: FLAGS, args: [] }

async function set(stage: Stage): Promise<void> {
  const name = stage.parsed.args[0]!
  const hosts = stage.parsed.flags['host'] as readonly string[] | undefined
  const file = await secretFile(stage)
  const value = await readValue(name)
  const created = await file.set(name, value, hosts)
  const short = value.length < 6
  if (stage.json) out(`${toJson({ ok: true, name, created, hosts: hosts ?? [], short })}\n`)
  else out(`${created ? 'kept' : 'replaced'} '${plain(name)}'\n`)
  if (short && !stage.json)
    err('warning: a value of fewer than 6 characters is not hidden in texts\n')
}

async function list(stage: Stage): Promise<void> {
  const secrets = await (await secretFile(stage)).list()
  if (stage.json) return out(`${toJson({ ok: true, secrets })}\n`)
  if (secrets.length === 0) return out('no secrets; keep one with: llmspell secret set NAME\n')
  const rows = secrets.map(({ name, hosts }) => [name, hosts?.join(', ') ?? 'any that is granted'])
  out(table(['SECRET', 'MAY BE SENT TO'], rows, painter(process.stdout.isTTY)))
}

async function remove(stage: Stage): Promise<void> {
  const name = stage.parsed.args[0]!
  await (await secretFile(stage)).remove(name)
  out(stage.json ? `${toJson({ ok: true, name })}\n` : `removed '${plain(name)}'\n`)
}

async function check(stage: Stage): Promise<number> {
  const found = await (await secretFile(stage)).check(process.cwd())
  const ok = found.dotenv.faults.length === 0
  out(stage.json ? `${toJson({ ok, ...found })}\n` : plain(reportText(found)))
  return ok ? 0 : EXIT_CODES.input
}

export const secretSet = define(
  SET,
  {
    summary: 'Keep a secret in the encrypted file',
    description: `The value is typed unseen, or read from stdin where that is no terminal; never
from the command line, which other users can see. A script never sees it
either: it hands 'secret:NAME' to a tool, with --allow-secret=NAME.

The file is opened by a key file beside it, or by the passphrase in
LLMSPELL_SECRETS_PASSPHRASE if that is set when the first secret is kept.`,
    examples: [
      { description: 'Type it', command: '<%= config.bin %> secret set github' },
      {
        description: 'From another program, for one host only',
        command:
          'printf \'%s\' "$TOKEN" | <%= config.bin %> secret set github --host api.github.com',
      },
    ],
  },
  set,
)

export const secretList = define(
  LIST,
  {
    summary: 'List the names in the encrypted file',
    examples: [{ description: 'List them', command: '<%= config.bin %> secret list' }],
  },
  list,
)

export const secretRemove = define(
  REMOVE,
  {
    summary: 'Remove a secret from the encrypted file',
    examples: [{ description: 'Remove one', command: '<%= config.bin %> secret remove github' }],
  },
  remove,
)

export const secretCheck = define(
  CHECK,
  {
    summary: 'See whether the encrypted file and .env can be used',
    examples: [{ description: 'Check both', command: '<%= config.bin %> secret check' }],
  },
  check,
)
