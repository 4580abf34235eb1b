import { inputInvalid } from '@llmspell/sdk'
import type { Permissions, Tool, ToolCall } from '@llmspell/sdk'
import type { EnvironmentInput } from './generated/input.ts'
import type { EnvironmentResult } from './generated/output.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { Grants } from './grants.ts'
import { looksSecret } from './secret.ts'

type Variable = EnvironmentResult['variables'][number]
type Env = Readonly<Record<string, string | undefined>>

const MOST = 500

/** The tool. It never writes the environment. */
export function environment(
  permissions: Permissions,
  env: Env = process.env,
): Tool<EnvironmentInput> {
  return {
    validate,
    validateOutput,
    async execute({ names, prefix }, call) {
      if (names !== undefined && prefix !== undefined) throw bothWays()
      const grants = new Grants(permissions, call)
      const variables = names
        ? await named(names, env, grants, call)
        : await listed(prefix ?? '', env, grants, call)
      const result = { variables: variables.slice(0, MOST), truncated: variables.length > MOST }
      return { result, text: textOf(result.variables), operation: names ? 'get' : 'list' }
    },
  }
}

/** A name without a grant reads as one that is not set, unless none of the names has one. */
async function named(
  names: readonly string[],
  env: Env,
  grants: Grants,
  call: ToolCall,
): Promise<Variable[]> {
  const granted = names.filter((name) => grants.covers(name))
  if (granted.length === 0) {
    // A person who was asked may have said yes.
    await grants.require(names[0]!)
    granted.push(names[0]!)
  } else for (const name of granted) await grants.require(name)
  const seen = new Set(granted)
  return names.map((name) => (seen.has(name) ? variable(name, env, call, true) : absent(name)))
}

async function listed(
  prefix: string,
  env: Env,
  grants: Grants,
  call: ToolCall,
): Promise<Variable[]> {
  if (!grants.any) await grants.require(`${prefix}*`)
  const names = Object.keys(env)
    .filter((name) => name.startsWith(prefix) && grants.covers(name))
    .sort()
    .slice(0, MOST + 1)
  for (const name of names) await grants.require(name)
  return names.map((name) => variable(name, env, call, false))
}

/** What looks like a secret is for a script that names it; a model never sees it. */
function variable(name: string, env: Env, { run }: ToolCall, byName: boolean): Variable {
  // The system ends a name at a NUL, and some systems take any case: only a name as it is listed is one.
  const value = Object.keys(env).includes(name) ? env[name] : undefined
  if (value === undefined) return absent(name)
  if (!looksSecret(name)) return { name, set: true, value, masked: false }
  const isModel = (run?.actors.length ?? 0) > 0
  if (isModel || !byName) return { name, set: true, value: null, masked: true }
  return { name, set: true, value, masked: false }
}

function absent(name: string): Variable {
  return { name, set: false, value: null, masked: false }
}

function textOf(variables: readonly Variable[]): string {
  return variables
    .filter(({ set }) => set)
    .map(({ name, value, masked }) => `${name}=${masked ? '***' : value}`)
    .join('\n')
}

function bothWays() {
  const error = { path: 'prefix', expected: 'either names or prefix', found: 'both' }
  return inputInvalid("Tool 'environment'", [error])
}
