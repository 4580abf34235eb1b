import { printable, type ToolCall, type Value } from '@llmspell/sdk'
import type { CommandInput } from './generated/input.ts'

/** All that decides what a program will do: shown to a person who is asked, and part of what a yes is for. */
export function factsOf(
  name: string,
  input: CommandInput,
  folder: string,
  call: ToolCall,
): Readonly<Record<string, Value>> {
  const { args, stdin, env, inherit = [], network } = input
  const facts: Readonly<Record<string, Value>> = {
    argv: [name, ...args],
    folder,
    ...(stdin === undefined ? {} : { stdin: stdinFacts(stdin) }),
    ...(env === undefined || Object.keys(env).length === 0 ? {} : { env }),
    ...(inherit.length === 0 ? {} : { inherit }),
    ...(network ? { network: 'all of it' } : {}),
  }
  return call.run?.redact?.(facts) ?? facts
}

const LINES = 3

function stdinFacts(stdin: string): Value {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return {
    bytes: Buffer.byteLength(stdin),
    sha256: createHash('sha256').update(stdin).digest('hex'),
    first: stdin
      .split('\n', LINES)
      .map((line) => printable(line))
      .join('\n'),
  }
}
