import type {
  PackageFiles,
  PermissionSet,
  PluginChecks,
  PluginTrial,
  ReadPlugin,
  SchemaCompiler,
  TrialPlaces,
  TrialRow,
} from '@llmspell/sdk'
import { checkAll } from './check.ts'
import { readPackage } from './compat/read.ts'
import { ConfigSections } from './config.ts'
import { indexFolder } from './index-lock.ts'
import { manifestHash } from './lock.ts'
import type { KernelOptions } from './options.ts'
import { packageFiles } from './package-files.ts'
import { widened } from './permissions.ts'
import { planOf } from './plan-of.ts'
import type { Problem } from './problem.ts'
import type { PluginRecord, Rejected } from './record.ts'

/** The kernel service `plugins`. */
export class PackageChecks implements PluginChecks {
  readonly #options: KernelOptions
  readonly #schemas: SchemaCompiler

  constructor(options: KernelOptions, schemas: SchemaCompiler) {
    this.#options = options
    this.#schemas = schemas
  }

  read(packageJson: Readonly<Record<string, unknown>>): ReadPlugin {
    const { name } = packageJson
    const found = readPackage(packageJson, typeof name === 'string' ? name : 'package')
    const { engine: _, ...read } = found
    return { ...read, manifestHash: manifestHash(packageJson) }
  }

  async trial(places: TrialPlaces): Promise<PluginTrial> {
    const { lock: _, ...options } = this.#options
    const plan = planOf({ ...options, ...places, reread: true })
    const found = plan.order.filter(({ source }) => source === 'folder' || source === 'linked')
    const config = new ConfigSections(options.config ?? {}, this.#schemas)
    const checked = await checkAll(plan, config, this.#schemas, found)
    const problems = [...plan.problems, ...checked]
    const usable = plan.order.filter(({ source }) => source !== 'kernel')
    const rows = usable.map((record) => rowOf(record, problems, true))
    return {
      plugins: [...rows, ...plan.rejected.map((row) => rejectedRow(row, problems))],
      problems,
    }
  }

  files(root: string): PackageFiles {
    return packageFiles(root)
  }

  index(folder: string, lock?: string): void {
    indexFolder(folder, lock)
  }

  widened(before: PermissionSet, next: PermissionSet): PermissionSet {
    return widened(before, next)
  }
}

function rejectedRow(row: Rejected, problems: readonly Problem[]): TrialRow {
  const { problems: own } = row
  return { ...rowOf(row, problems, false), problems: own }
}

function rowOf(
  { id, package: name, version, source, root, contract }: PluginRecord | Rejected,
  problems: readonly Problem[],
  usable: boolean,
): TrialRow {
  const own = problems.filter(({ plugin }) => plugin === id)
  const place = root === undefined ? {} : { root }
  const level = contract === undefined ? {} : { contract }
  return { id, package: name, version, source, ...place, ...level, usable, problems: own }
}
