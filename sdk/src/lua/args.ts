const NAMED = /^--([^=]+)(?:=([^]*))?$/

/** `--key value`, `--key=value`, bare `--flag`; what follows `--` is positional. */
export function parseArgs(args: readonly string[]): {
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
