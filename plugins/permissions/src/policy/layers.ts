import type { GrantLayer, PermissionSet } from '@llmspell/sdk'
import { GIVEN } from '../decide.ts'
import type { Parsed } from './parse.ts'

type Rules = Record<string, string[]>
type Tables = Readonly<Record<string, readonly string[] | undefined>>

/** Rules of several files, each with the place that it was written at. */
export class Collected {
  readonly allow: Rules = {}
  readonly deny: Rules = {}
  readonly sources: Record<string, string> = {}

  /** Adds a table of a file. @param at path of the table in it, `nth` of its kind */
  add(
    kind: 'allow' | 'deny',
    { label, lines }: Parsed,
    tables: Tables,
    at: string,
    nth?: number,
  ): void {
    for (const [permission, values] of Object.entries(tables)) {
      // Also where it is empty: in a cap that is the name of nothing at all.
      const list = (this[kind][permission] ??= [])
      for (const value of values ?? []) {
        list.push(value)
        const line = lines.ofValue(`${at}.${permission}`, value, nth)
        this.sources[`${kind} ${permission}=${value}`] ??= `${label}:${line}`
      }
    }
  }

  /** Rules that no file holds: those of the command line. */
  give(kind: 'allow' | 'deny', set: PermissionSet = {}): void {
    for (const [permission, values] of Object.entries(set))
      this[kind][permission] = [...(this[kind][permission] ?? []), ...values]
  }
}

/** What a file forbids and caps: a layer above those that give. Undefined where it does neither. */
export function boundsOf(
  parsed: Parsed,
  projects: readonly Project[] = [],
): GrantLayer | undefined {
  const { cap, deny } = parsed.tables
  const rules = new Collected()
  if (cap) rules.add('allow', parsed, cap as Tables, 'cap')
  if (deny) rules.add('deny', parsed, deny as Tables, 'deny')
  for (const { nth, tables } of projects)
    if (tables.deny) rules.add('deny', parsed, tables.deny, 'projects.deny', nth)
  if (!cap && Object.keys(rules.deny).length === 0) return undefined
  const { allow, deny: denied, sources } = rules
  return {
    holder: `${parsed.scope} policy`,
    allow: cap ? allow : { '*': ['*'] },
    deny: denied,
    sources,
  }
}

/** One of the user's entries for a folder. */
export interface Project {
  readonly nth: number
  readonly tables: { readonly allow?: Tables; readonly deny?: Tables }
}

/** What the flags and all files give together. */
export function givenLayer(
  parsed: readonly { readonly file: Parsed; readonly projects: readonly Project[] }[],
  given: { readonly allow?: PermissionSet; readonly deny?: PermissionSet },
): GrantLayer {
  const rules = new Collected()
  rules.give('allow', given.allow)
  rules.give('deny', given.deny)
  for (const { file, projects } of parsed) {
    if (file.tables.allow) rules.add('allow', file, file.tables.allow as Tables, 'allow')
    for (const { nth, tables } of projects)
      if (tables.allow) rules.add('allow', file, tables.allow, 'projects.allow', nth)
  }
  const { allow, deny, sources } = rules
  return { holder: GIVEN, allow, deny, sources }
}
