/** The command line of a script as `ARGS` and `arg` show it. */
export interface Words {
  /** The script first. */
  readonly positional: readonly string[]
  readonly named: Readonly<Record<string, string>>
}

const NAMED = /^--([^=]+)(?:=([^]*))?$/

/** `--key value`, `--key=value`, bare `--flag`; what follows `--` is positional. */
export function wordsOf(script: string, args: readonly string[]): Words {
  const positional = [script]
  const named = new Map<string, string>()
  for (let i = 0; i < args.length; i++) {
    const match = NAMED.exec(args[i]!)
    if (args[i] === '--') {
      positional.push(...args.slice(i + 1))
      break
    }
    if (!match) positional.push(args[i]!)
    else if (match[2] !== undefined) named.set(match[1]!, match[2])
    else if (i + 1 < args.length && !args[i + 1]!.startsWith('--')) named.set(match[1]!, args[++i]!)
    else named.set(match[1]!, 'true')
  }
  return { positional, named: Object.fromEntries(named) }
}
