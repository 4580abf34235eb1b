import { DURABLE, EVENTS } from './runs/flags.ts'

/**
 * How a flag takes a value. `list` may be repeated and takes commas; `each` may be repeated; `maybe` takes one behind `=`
 * alone.
 */
type FlagKind = 'switch' | 'text' | 'list' | 'each' | 'maybe'

/** One flag: all that the fast door, oclif and the help need to know about it. */
export interface FlagSpec {
  readonly name: string
  readonly char?: string
  readonly kind: FlagKind
  readonly summary: string
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string
  readonly options?: readonly string[]
  readonly group?: string
}

/** One command line: its flags and what may stand between them. */
export interface CommandSpec {
  /** As typed: `tool list`. */
  readonly id: string
  readonly flags: readonly FlagSpec[]
  readonly args: readonly ArgSpec[]
  /** What follows the arguments goes on to the script or tool, unknown flags included. */
  readonly rest?: string
  /** The rest is checked by who takes it: an unknown flag there is no slip of this command yet. */
  readonly restChecks?: boolean
  /** No flag belongs to the rest: what is unknown is a slip. */
  readonly plainRest?: boolean
  /** What to say of flags that others have and this one does not, by flag. */
  readonly hints?: Readonly<Record<string, string>>
}

interface ArgSpec {
  readonly name: string
  readonly summary: string
  readonly required?: boolean
}

/** The permissions that have flags with values of their own. */
export const PERMISSIONS = [
  'read',
  'write',
  'net',
  'run',
  'env',
  'sys',
  'secret',
  'mix',
  'unjailed',
  'events',
] as const

const SCOPES: Readonly<Record<(typeof PERMISSIONS)[number], readonly [string, string]>> = {
  read: ['PATHS', 'read and list files below these paths'],
  write: ['PATHS', 'write files below these paths'],
  net: ['HOSTS', 'connect to these: example.com:443, *.example.com, 10.0.0.0/8'],
  run: ['PROGRAMS', 'start these programs: git, "git log *", "git log --*"'],
  env: ['NAMES', 'read these environment variables'],
  sys: ['WORDS', 'see these facts of the system: host, user, os'],
  secret: ['NAMES', 'use these secrets'],
  mix: ['HOSTS', 'send here by an agent that saw private data and outside text'],
  unjailed: ['PROGRAMS', 'start these programs without a jail'],
  events: ['PATTERNS', 'hear events of other runs: tool.*'],
}

const permissionFlag = (verb: 'allow' | 'deny', name: (typeof PERMISSIONS)[number]): FlagSpec => {
  const [value, what] = SCOPES[name]
  const summary = verb === 'allow' ? `May ${what}` : `May not, whatever is allowed`
  return { name: `${verb}-${name}`, kind: 'list', summary, value, group: 'PERMISSION' }
}

export const HELP: FlagSpec = { name: 'help', char: 'h', kind: 'switch', summary: 'Show help' }
export const JSON_FLAG: FlagSpec = {
  name: 'json',
  kind: 'switch',
  summary: 'Print one JSON document on stdout and nothing else',
}
export const CONFIG: FlagSpec = {
  name: 'config',
  kind: 'text',
  value: 'FILE',
  summary: 'Config file, TOML or JSON (default: ./llmspell.toml if there is one)',
}
/** Takes plugins that are a file or a folder along, for this once. */
export const PLUGIN: FlagSpec = {
  name: 'plugin',
  kind: 'each',
  value: 'FILE|DIR',
  summary: 'Use this plugin too: a script file with a header, or a folder; may be repeated',
}
export const QUIET: FlagSpec = {
  name: 'quiet',
  char: 'q',
  kind: 'switch',
  summary: 'No progress and no warnings on stderr',
}
export const MODEL: FlagSpec = {
  name: 'model',
  char: 'm',
  kind: 'text',
  value: 'PROVIDER/MODEL',
  summary: 'Model of agents that name none',
}

/** What a run may do: the permissions, allowed and denied. */
export const GRANTS: readonly FlagSpec[] = [
  ...PERMISSIONS.map((name) => permissionFlag('allow', name)),
  ...PERMISSIONS.map((name) => permissionFlag('deny', name)),
  {
    name: 'allow-net-private',
    kind: 'switch',
    summary: 'May connect to private addresses, where --allow-net has them',
    group: 'PERMISSION',
  },
  {
    name: 'allow-all',
    kind: 'switch',
    summary: 'May do everything; for scripts you wrote yourself',
    group: 'PERMISSION',
  },
]

/** What ends a run that takes too much. */
export const LIMITS: readonly FlagSpec[] = [
  { name: 'max-time', kind: 'text', value: '10s', summary: 'Wall time', group: 'LIMIT' },
  {
    name: 'max-memory',
    kind: 'text',
    value: '64MiB',
    summary: 'Engine memory, at least 16MiB',
    group: 'LIMIT',
  },
  { name: 'max-calls', kind: 'text', value: 'N', summary: 'Calls to the host', group: 'LIMIT' },
  { name: 'max-output', kind: 'text', value: '16MiB', summary: 'Printed bytes', group: 'LIMIT' },
  {
    name: 'max-tokens',
    kind: 'text',
    value: 'N',
    summary: 'Tokens of all models, in and out',
    group: 'LIMIT',
  },
  {
    name: 'max-cost',
    kind: 'text',
    value: 'DOLLARS',
    summary: 'Money of all models, in US dollars',
    group: 'LIMIT',
  },
]

export const engineFlag = (otherwise: string): FlagSpec => ({
  name: 'engine',
  char: 'e',
  kind: 'text',
  value: 'NAME',
  summary: `Script engine (default: ${otherwise})`,
})

export const NO_ASK: FlagSpec = {
  name: 'no-ask',
  kind: 'switch',
  summary: 'Ask nobody on the terminal: what is not granted is denied',
}

/** Cassettes of what models answer. Both with the same path: what is recorded is replayed, the rest is recorded. */
export const TAPE: readonly FlagSpec[] = [
  {
    name: 'record',
    kind: 'text',
    value: 'FILE|DIR',
    summary: 'Keep what models answer in this cassette, or in one of this folder',
    group: 'CASSETTE',
  },
  {
    name: 'replay',
    kind: 'text',
    value: 'FILE|DIR',
    summary: 'Answer from the cassette: no key, no network; with --record: ask what is missing',
    group: 'CASSETTE',
  },
]

const SCRIPT_FLAGS: readonly FlagSpec[] = [
  MODEL,
  CONFIG,
  PLUGIN,
  JSON_FLAG,
  EVENTS,
  QUIET,
  NO_ASK,
  {
    name: 'trace',
    kind: 'maybe',
    summary: 'Show at the end what happened when, on stderr; --trace=FILE writes it as JSON lines',
  },
  {
    name: 'session',
    kind: 'text',
    value: 'ID',
    summary: 'Work in this session; llmspell session create makes one',
  },
  { name: 'seed', kind: 'text', value: 'TEXT', summary: 'Seed of the random numbers of the run' },
  {
    name: 'isolation',
    kind: 'text',
    value: 'inline|worker',
    options: ['inline', 'worker'],
    summary: 'Where the script runs: in this thread or in one of its own',
  },
  HELP,
  ...DURABLE,
  ...GRANTS,
  ...LIMITS,
  ...TAPE,
]

export const RUN: CommandSpec = {
  id: 'run',
  flags: [engineFlag('by the ending of FILE'), ...SCRIPT_FLAGS],
  args: [{ name: 'file', summary: 'Script file; - reads the script from stdin', required: true }],
  rest: 'ARGS',
}

export const EXEC: CommandSpec = {
  id: 'exec',
  flags: [engineFlag('engine of the config, else lua'), ...SCRIPT_FLAGS],
  args: [{ name: 'code', summary: 'Script text', required: true }],
  rest: 'ARGS',
}
