import { PERMISSIONS } from '../flags.ts'
import type { Parsed } from '../parse.ts'
import type { Isolation, PermissionSet, RunLimits, RunOptions } from '@llmspell/sdk'
import { count, duration, memory, money, size } from '../units.ts'

/** Text of a flag that may be given once. */
export function text({ flags }: Parsed, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

export function isOn({ flags }: Parsed, name: string): boolean {
  return flags[name] === true
}

/** What the flags grant, deny, limit and choose. @throws FLAG_INVALID */
export function runOptions(parsed: Parsed): RunOptions {
  const seed = text(parsed, 'seed')
  const model = text(parsed, 'model')
  return {
    allow: allowed(parsed),
    deny: denied(parsed),
    limits: limits(parsed),
    root: process.cwd(),
    args: parsed.rest,
    ...(seed === undefined ? {} : { seed }),
    settings: model === undefined ? {} : { model },
  }
}

/** `--isolation`, already checked against its choices. */
export function isolation(parsed: Parsed, otherwise: Isolation): Isolation {
  return (text(parsed, 'isolation') as Isolation | undefined) ?? otherwise
}

// Paths start at the root of the file system; `*` of env leaves out names that look like secrets. Each name is
// said, and `*` stands for those that plugins bring: some ask whether they are meant by name.
const EVERYTHING: PermissionSet = {
  '*': ['*'],
  read: ['/'],
  write: ['/'],
  net: ['*:*'],
  'net-private': ['*'],
  run: ['*'],
  env: ['*'],
  sys: ['*'],
  secret: ['*'],
  mix: ['*'],
  unjailed: ['*'],
}

/** What the flags grant. */
export function allowed(parsed: Parsed): PermissionSet {
  if (isOn(parsed, 'allow-all')) return EVERYTHING
  const all = permissions(parsed, 'allow')
  return isOn(parsed, 'allow-net-private') ? { ...all, 'net-private': ['*'] } : all
}

/** What the flags deny. */
export function denied(parsed: Parsed): PermissionSet {
  return permissions(parsed, 'deny')
}

function permissions({ flags }: Parsed, verb: 'allow' | 'deny'): PermissionSet {
  const given = PERMISSIONS.map((name) => [name, flags[`${verb}-${name}`]] as const)
  return Object.fromEntries(
    given.filter((entry): entry is readonly [(typeof entry)[0], readonly string[]] =>
      Array.isArray(entry[1]),
    ),
  )
}

function limits(parsed: Parsed): RunLimits {
  const read = (name: string, unit: (flag: string, text: string) => number): number | undefined => {
    const given = text(parsed, name)
    return given === undefined ? undefined : unit(name, given)
  }
  const all = {
    timeMs: read('max-time', duration),
    memoryBytes: read('max-memory', memory),
    calls: read('max-calls', count),
    outputBytes: read('max-output', size),
    tokens: read('max-tokens', count),
    cost: read('max-cost', money),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
