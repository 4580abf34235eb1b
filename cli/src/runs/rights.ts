import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { GrantChain, PermissionSet } from '@llmspell/sdk'
import type { Parsed } from '../parse.ts'
import { allowed, denied } from '../run/options.ts'
import { policyChain } from '../run/policy.ts'
import type { Stage } from '../stage.ts'
import { loaded } from './stored.ts'
import type { RunStore } from './store.ts'

const PATHS = new Set(['read', 'write'])
/** The run's own folder, wherever it is said. */
const RUN_FOLDER = 'workspace'

interface Given {
  readonly allow: PermissionSet
  readonly deny: PermissionSet
}

interface Kept {
  readonly root?: string
  readonly grants?: GrantChain
}

/**
 * The rights that a run goes on with: what the flags give in place of what it was started with; else that, as far as the
 * policy files of this moment allow it too.
 */
export async function rightsOf(
  stage: Stage,
  store: RunStore,
  runId: string,
): Promise<{ readonly grants: GrantChain }> {
  const { root = process.cwd(), grants: kept = [] } = await keptOf(store, runId)
  const given = { allow: allowed(stage.parsed), deny: denied(stage.parsed) }
  const typed = hasGrants(stage.parsed)
  const flags = typed ? typedHere(given, root) : flagsOf(kept)
  const { grants: found } = await policyChain(stage, store.kernel, await stage.config(), {
    root,
    ...flags,
  })
  const present = found ?? [{ holder: 'command line', ...flags }]
  if (typed || isDeepStrictEqual(present, kept)) return { grants: present }
  return { grants: [...present, ...kept] }
}

/** True where flags say what a run may do. */
export function hasGrants(parsed: Parsed): boolean {
  return Object.keys({ ...allowed(parsed), ...denied(parsed) }).length > 0
}

async function keptOf({ executor }: RunStore, runId: string): Promise<Kept> {
  for await (const record of executor.history(runId)) {
    if (record.kind !== 'begin') continue
    const input = await loaded(executor.blobs, record.input)
    return 'inline' in input ? ((input.inline ?? {}) as Kept) : {}
  }
  return {}
}

/** What the flags gave at the start: rules with a source came from policy files, and those are read anew. */
function flagsOf(grants: GrantChain): Given {
  const { allow = {}, deny = {}, sources = {} } = grants.at(-1) ?? {}
  const typed = (kind: 'allow' | 'deny', set: PermissionSet): PermissionSet =>
    mapped(set, (permission, values) =>
      values.filter((value) => !Object.hasOwn(sources, `${kind} ${permission}=${value}`)),
    )
  return { allow: typed('allow', allow), deny: typed('deny', deny) }
}

/** Paths mean what they mean where they are typed, which may be another folder than the run's. */
function typedHere({ allow, deny }: Given, root: string): Given {
  const here = process.cwd()
  if (here === root) return { allow, deny }
  const placed = (set: PermissionSet): PermissionSet =>
    mapped(set, (permission, values) =>
      PATHS.has(permission) ? values.map((value) => placedHere(value, here)) : values,
    )
  return { allow: placed(allow), deny: placed(deny) }
}

function placedHere(value: string, here: string): string {
  if (value === RUN_FOLDER) return value
  return value === '*' ? here : resolve(here, value)
}

function mapped(
  set: PermissionSet,
  change: (permission: string, values: readonly string[]) => readonly string[],
): PermissionSet {
  const entries = Object.entries(set).map(([name, values]) => [name, change(name, values)])
  return Object.fromEntries(entries) as PermissionSet
}
