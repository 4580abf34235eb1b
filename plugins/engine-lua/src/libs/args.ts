import type { Core } from '../core.ts'

const NAMED = /^--([^=]+)(?:=([^]*))?$/

/** Sets `ARGS` and `arg` in the table on top of the stack. */
export function setArgs(core: Core, L: number): void {
  const { script, args } = core.options.facts
  const { positional, named } = parse(args)
  core.set(L, 'ARGS', () => pushArgs(core, L, script, positional, named))
  core.set(L, 'arg', () => pushArgs(core, L, script, positional, new Map()))
}

function pushArgs(
  core: Core,
  L: number,
  script: string,
  positional: readonly string[],
  named: ReadonlyMap<string, string>,
): void {
  const { api, text } = core.machine
  api.lua_createtable(L, positional.length, named.size + 1)
  for (const [i, value] of [script, ...positional].entries()) {
    text.push(L, value)
    api.lua_rawseti(L, -2, BigInt(i))
  }
  for (const [key, value] of named) core.set(L, key, () => text.push(L, value))
}

/** `--key value`, `--key=value`, bare `--flag`; what follows `--` is positional. */
function parse(args: readonly string[]): {
  positional: string[]
  named: Map<string, string>
} {
  const positional: string[] = []
  const named = new Map<string, string>()
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--') return { positional: [...positional, ...args.slice(i + 1)], named }
    const match = NAMED.exec(args[i]!)
    if (!match) positional.push(args[i]!)
    else if (match[2] !== undefined) named.set(match[1]!, match[2])
    else if (i + 1 < args.length && !args[i + 1]!.startsWith('--')) named.set(match[1]!, args[++i]!)
    else named.set(match[1]!, 'true')
  }
  return { positional, named }
}
