import { dirname } from 'node:path'
import { isRecord } from './files.ts'
import { error, warning, type Problem, type ProblemParts } from './problem.ts'
import type { Found, PluginRecord, Rejected, Source } from './record.ts'

/** What is known of a plugin that is rejected. */
export interface Row {
  readonly name: string
  readonly version: string
  readonly source: Source
  readonly root?: string | undefined
  readonly phase?: string
  readonly hooks?: readonly string[]
}

/** What discovery has found so far. */
export class Finds implements Found {
  readonly records: PluginRecord[] = []
  readonly rejected: Rejected[] = []
  readonly problems: Problem[] = []
  readonly #disabled: readonly string[]

  /** @param disabled ids of plugins that may be broken */
  constructor(disabled: readonly string[]) {
    this.#disabled = disabled
  }

  reject(state: Rejected['state'], row: Row, problems: readonly Problem[]): void {
    const { name, phase = '', hooks = [], version, source, root } = row
    const id = problems[0]?.plugin ?? name
    const facts = { id, package: name, version, source, root, phase, hooks }
    const off = this.#disabled.includes(id)
    this.rejected.push({ ...facts, ...(off ? switchedOff(id) : { state, problems }) })
  }

  /** A plugin that was asked for and is not there. */
  missing(name: string, source: Source, text: string): void {
    const hint = 'Install it, or take it off the list.'
    const found = error({ plugin: name, code: 'PLUGIN_NOT_FOUND', path: '', text, hint })
    this.reject('failed', { name, version: '0.0.0', source }, [found])
  }

  /** A file that is there and says nothing that makes sense. */
  unreadable(file: string, source: Source, cause: unknown): void {
    const row = { name: dirname(file), version: '0.0.0', source }
    const parts = { plugin: row.name, code: 'MANIFEST_INVALID', path: file } as const
    const hint = 'Repair the file, or install the package again.'
    this.reject('failed', row, [error({ ...parts, text: textOf(cause), hint })])
  }

  /** An error that is no plugin's own. */
  problem(parts: ProblemParts): void {
    this.problems.push(error(parts))
  }
}

/** What is switched off may be broken. */
function switchedOff(id: string): Pick<Rejected, 'state' | 'problems'> {
  const text = `Plugin '${id}' is disabled.`
  const found = warning({ plugin: id, code: 'PLUGIN_DISABLED', path: '', text })
  return { state: 'skipped', problems: [found] }
}

/** The points that an invalid manifest wanted to tap: a guard that is not there must be missed. */
export function hooksOf(manifest: unknown): readonly string[] {
  const contributes = isRecord(manifest) ? manifest['contributes'] : undefined
  const hooks = isRecord(contributes) ? contributes['hooks'] : undefined
  if (!Array.isArray(hooks)) return []
  const points = hooks.map((item: unknown) => (isRecord(item) ? item['point'] : item))
  return points.filter((name) => typeof name === 'string')
}

export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
