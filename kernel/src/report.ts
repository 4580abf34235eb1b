import { toErrorRecord, type ErrorRecord, type Phase, type Step } from '@llmspell/sdk'
import type { Contract } from './compat/levels.ts'
import { mainOf } from './entry.ts'
import type { Plan } from './plan.ts'
import { problemError, type Problem } from './problem.ts'
import type { Rejected, Source } from './record.ts'
import type { PluginState, PluginUnit } from './unit.ts'
import { SDK_VERSION } from './version.ts'

/** One plugin of the report. */
export interface PluginReport {
  readonly id: string
  readonly package: string
  readonly version: string
  /** What it says about itself; known before its code is asked only of one that is a file. */
  readonly description?: string
  readonly source: Source
  /** Folder of the package; absent for a plugin without one. */
  readonly root?: string
  /** Its entry, from there; absent where no manifest was valid. */
  readonly main?: string
  /** Name of the host that runs its code; absent where the kernel imports it. */
  readonly host?: string
  /** The level of the contract that it is held to; absent where none was found that is kept. */
  readonly contract?: Contract
  readonly state: PluginState
  readonly phase: string
  /** Milliseconds; zero where it was not loaded. */
  readonly ms: { readonly load: number; readonly setup: number }
  /** Labels of what is registered now, in order. */
  readonly registered: readonly string[]
  /** Names of the manifest that setup did not register. */
  readonly missing: readonly string[]
  /** Why it failed or was skipped. */
  readonly failure?: ErrorRecord & { readonly step: Step }
  /** Labels of what was undone because of the failure. */
  readonly undone: readonly string[]
}

/** What the kernel did and what is wrong, as plain data. */
export interface KernelReport {
  /** ISO date, or undefined before `start()`. */
  readonly startedAt?: string
  /** Version of the SDK contract. */
  readonly version: string
  readonly phases: readonly { readonly phase: Phase; readonly ms: number }[]
  /** Entries of plugins imported so far. */
  readonly imports: number
  readonly plugins: readonly PluginReport[]
  /** Everything found before any plugin ran. */
  readonly problems: readonly Problem[]
}

/** What the report knows beside the plan. */
export interface ReportFacts {
  readonly startedAt: Date | undefined
  readonly imports: number
  readonly phases: KernelReport['phases']
}

/** Puts the report together. */
export function buildReport(
  plan: Plan,
  units: readonly PluginUnit[],
  { startedAt, imports, phases }: ReportFacts,
): KernelReport {
  return {
    ...(startedAt ? { startedAt: startedAt.toISOString() } : {}),
    version: SDK_VERSION,
    phases: [...phases],
    imports,
    plugins: [...units.map((unit) => rowOfUnit(unit, plan)), ...plan.rejected.map(rowOfRejected)],
    problems: plan.problems,
  }
}

function rowOfUnit(unit: PluginUnit, { hosts }: Plan): PluginReport {
  const { id, record, state, load, setup, missing, undone, failure } = unit
  const host = hosts.get(id)?.name
  return {
    id,
    package: record.package,
    version: record.version,
    ...(record.description === undefined ? {} : { description: record.description }),
    source: record.source,
    ...(record.root === undefined ? {} : { root: record.root }),
    main: mainOf(record),
    ...(host === undefined ? {} : { host }),
    ...(record.contract === undefined ? {} : { contract: record.contract }),
    state,
    phase: record.manifest.phase,
    ms: { load, setup },
    registered: unit.undo.labels(),
    missing,
    undone,
    ...(failure ? { failure: { ...toErrorRecord(failure), step: failure.step } } : {}),
  }
}

function rowOfRejected(row: Rejected): PluginReport {
  const [first] = row.problems
  const step: Step = row.phase === '' ? 'discover' : 'resolve'
  const failure = first && { ...toErrorRecord(problemError(first, step)), step }
  return {
    id: row.id,
    package: row.package,
    version: row.version,
    source: row.source,
    ...(row.root === undefined ? {} : { root: row.root }),
    ...(row.host === undefined ? {} : { host: row.host }),
    ...(row.contract === undefined ? {} : { contract: row.contract }),
    state: row.state,
    phase: row.phase,
    ms: { load: 0, setup: 0 },
    registered: [],
    missing: [],
    undone: [],
    ...(failure ? { failure } : {}),
  }
}
