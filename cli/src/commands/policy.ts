import { realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PolicyFile } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { CONFIG, GRANTS, HELP, JSON_FLAG, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { explained, explainedText, needOf, protectedFile } from '../policy/explain.ts'
import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import { allowed, denied } from '../run/options.ts'
import { placesOf, PROJECT_POLICY } from '../run/policy.ts'
import type { Stage } from '../stage.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const EXPLAIN: CommandSpec = {
  id: 'policy explain',
  flags: [...FLAGS, ...GRANTS],
  args: [
    { name: 'permission', summary: 'What would be needed: read, net, run …', required: true },
    { name: 'target', summary: 'A path, a URL, a program with its words', required: true },
  ],
}
const LIST: CommandSpec = { id: 'policy list', flags: FLAGS, args: [] }
const TRUST: CommandSpec = { id: 'policy trust', flags: FLAGS, args: [] }
const CHECK: CommandSpec = {
  id: 'policy check',
  flags: FLAGS,
  args: [{ name: 'file', summary: 'A policy file, or one that will be', required: true }],
}

async function explain(stage: Stage): Promise<number> {
  const { parsed, json } = stage
  const [permission, target] = parsed.args as readonly [string, string]
  const root = realpathSync(process.cwd())
  const need = needOf(permission, target, root)
  const config = await stage.config()
  const kernel = await stage.open(config)
  const policy = await kernel.use('policy')
  const grants = await policy.chain(root, { allow: allowed(parsed), deny: denied(parsed) })
  const permissions = await kernel.use('permissions')
  const access = { subject: 'A run', grants, root }
  const granted = permissions.decide(need, access)
  const files = permission === 'write' && granted.allowed ? await kernel.use('files') : undefined
  const decision = files?.protects(need.target, access) ? protectedFile(need, root) : granted
  const found = explained(need, decision, placesOf(config), root)
  const paint = painter(process.stdout.isTTY)
  out(json ? `${toJson({ ok: true, ...found })}\n` : explainedText(found, root, paint))
  return decision.allowed ? 0 : EXIT_CODES.permission
}

async function list(stage: Stage): Promise<void> {
  const config = await stage.config()
  const policy = await (await stage.open(config)).use('policy')
  const found = await policy.files(process.cwd())
  const { system, user } = placesOf(config)
  const project = join(realpathSync(process.cwd()), PROJECT_POLICY)
  const places = [
    ['system', system],
    ['user', user],
    ['project', project],
  ] as const
  const files = places.map(([scope, path]) => ({ scope, path, state: stateOf(scope, found) }))
  const rows = files.map(({ scope, state, path }) => [scope, state, path ?? 'no home'])
  const paint = painter(process.stdout.isTTY)
  out(
    stage.json
      ? `${toJson({ ok: true, files })}\n`
      : table(['POLICY OF', 'STATE', 'FILE'], rows, paint),
  )
}

function stateOf(scope: string, files: readonly PolicyFile[]): string {
  const file = files.find((one) => one.scope === scope)
  if (!file) return 'none'
  return file.trusted ? 'counts' : 'not trusted'
}

async function trust(stage: Stage): Promise<void> {
  const policy = await (await stage.open(await stage.config())).use('policy')
  const file = await policy.trust(process.cwd())
  const text = `trusted ${plain(PROJECT_POLICY)} until it changes\n`
  out(stage.json ? `${toJson({ ok: true, file })}\n` : text)
}

async function check(stage: Stage): Promise<void> {
  const file = stage.parsed.args[0]!
  const config = await stage.config()
  const policy = await (await stage.open(config)).use('policy')
  const scope = scopeOf(file, placesOf(config).system)
  await policy.check(file, scope)
  const text = `${plain(file)} can be used as the policy of the ${scope}\n`
  out(stage.json ? `${toJson({ ok: true, file, scope })}\n` : text)
}

/** What a file may hold depends on where it lies. */
function scopeOf(file: string, system: string): PolicyFile['scope'] {
  const path = resolve(file)
  if (path.endsWith(PROJECT_POLICY)) return 'project'
  return path === system ? 'system' : 'user'
}

export const policyExplain = define(
  EXPLAIN,
  {
    summary: 'Show whether something is granted, and the line that decides',
    description: `Takes the flags of a run. Exit code 0: granted; 4: not. What a person would be
asked, and what an agent has seen by then, is not looked at.`,
    examples: [
      {
        description: 'May a run here read a file?',
        command: '<%= config.bin %> policy explain read ./README.md --allow-read=.',
      },
      {
        description: 'May it call a host?',
        command:
          '<%= config.bin %> policy explain net https://example.com/ --allow-net=example.com',
      },
      {
        description: 'May it start a program?',
        command: `<%= config.bin %> policy explain run "git log" --allow-run="git log *"`,
      },
    ],
  },
  explain,
)

export const policyList = define(
  LIST,
  {
    summary: 'List the policy files and whether they count here',
    examples: [{ description: 'Which files count?', command: '<%= config.bin %> policy list' }],
  },
  list,
)

export const policyTrust = define(
  TRUST,
  {
    summary: "Let this folder's policy file count until it changes",
    description: `Reads .llmspell/policy.toml and keeps its hash in your own folder. Read it first:
what it allows, every run in this folder may do.`,
    examples: [
      { description: 'Trust the file as it is now', command: '<%= config.bin %> policy trust' },
    ],
  },
  trust,
)

export const policyCheck = define(
  CHECK,
  {
    summary: 'Check a policy file without using it',
    examples: [
      {
        description: 'Is it right?',
        command: '<%= config.bin %> policy check .llmspell/policy.toml',
      },
    ],
  },
  check,
)
