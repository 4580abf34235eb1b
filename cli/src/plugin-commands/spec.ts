import type { CommandFlag, CommandItem } from '@llmspell/sdk'
import {
  CONFIG,
  GRANTS,
  HELP,
  JSON_FLAG,
  NO_ASK,
  PLUGIN,
  QUIET,
  type CommandSpec,
  type FlagSpec,
} from '../flags.ts'
import type { CommandText } from '../oclif/command.ts'

/** What every command of a plugin takes. */
const COMMON: readonly FlagSpec[] = [JSON_FLAG, CONFIG, PLUGIN, QUIET, NO_ASK, HELP, ...GRANTS]

/** The line of a command of a plugin, as those of our own are described. */
export function specOf({ name, args = [], flags = [] }: CommandItem): CommandSpec {
  const rest = args.find(({ repeatable }) => repeatable)
  return {
    id: name,
    flags: [...flags.map(flagSpec), ...COMMON],
    args: args
      .filter((arg) => arg !== rest)
      .map((arg) => ({ ...arg, required: arg.required === true })),
    ...(rest ? { rest: `${rest.name.toUpperCase()} …`, plainRest: true } : {}),
  }
}

function flagSpec({
  name,
  summary,
  type,
  repeatable,
  choices,
  default: fallback,
}: CommandFlag): FlagSpec {
  const more = fallback === undefined ? '' : ` (default: ${fallback})`
  const about = { name, summary: `${summary}${more}` }
  if (type === 'boolean') return { ...about, kind: 'switch' }
  const value = choices?.join('|') ?? (type === 'number' ? 'N' : 'TEXT')
  if (repeatable) return { ...about, kind: 'each', value }
  return { ...about, kind: 'text', value, ...(choices ? { options: choices } : {}) }
}

/** What the help says of it. */
export function textOf(
  { summary, description, examples = [] }: CommandItem,
  plugin: string,
): CommandText {
  const from = `Of plugin '${plugin}'.`
  return {
    summary,
    description: description === undefined ? from : `${description}\n\n${from}`,
    examples: examples.map(({ command, description: what }) => ({
      description: what,
      command: `<%= config.bin %> ${command}`,
    })),
  }
}

/** Why a command cannot be offered although its item is right. */
export function faultOf({ args = [], flags = [] }: CommandItem): string | undefined {
  const names = [...flags.map(({ name }) => name), ...COMMON.map(({ name }) => name)]
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) return `its flag '--${twice}' is there twice, or is one of llmspell`
  const many = args.findIndex(({ repeatable }) => repeatable)
  if (many >= 0 && many < args.length - 1) return 'only its last argument may be repeatable'
  const late = args.findIndex(
    ({ required }, at) => required && args[at - 1]?.required !== true && at > 0,
  )
  return late >= 0
    ? `its argument '${args[late]!.name}' is required behind one that is not`
    : undefined
}
