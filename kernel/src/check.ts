import { isPluginError, violations, type SchemaCompiler, type Violation } from '@llmspell/sdk'
import type { KernelCode } from './codes.ts'
import type { ConfigSections } from './config.ts'
import { entryOf } from './entry.ts'
import { exists, inside, isRecord, readJson } from './files.ts'
import type { Item } from './manifest.ts'
import type { Plan } from './plan.ts'
import { error, type Problem } from './problem.ts'
import type { PluginRecord } from './record.ts'

/** An extension point with the schema that its owner gives for items. */
interface Point {
  readonly name: string
  readonly owner: PluginRecord
  readonly schema: object | string
}

/** The checks that are too slow for a start: sections, items, entries. Loads ajv, runs no plugin. */
export async function checkAll(
  plan: Plan,
  config: ConfigSections,
  schemas: SchemaCompiler,
  wanted: readonly PluginRecord[] = plan.order,
): Promise<readonly Problem[]> {
  const points = new Map(plan.order.flatMap((owner) => pointsOf(owner)).map((p) => [p.name, p]))
  const problems: Problem[] = []
  for (const record of wanted) {
    problems.push(...checkMain(record))
    problems.push(
      ...(await attempt(record, 'config', async () => (await config.check(record), []))),
    )
    for (const [name, items] of record.contributions.items) {
      const point = points.get(name)
      if (!point) continue
      const { owner } = point
      const check = () => checkItems(record, items, point, schemas)
      problems.push(...(await attempt(owner, `llmspell.contributes.points.${name}`, check)))
    }
  }
  return problems
}

function pointsOf(owner: PluginRecord): Point[] {
  const entries = Object.entries(owner.contributions.points)
  return entries.map(([name, schema]) => ({ name, owner, schema }))
}

function checkMain(record: PluginRecord): Problem[] {
  const { id, root, inline, manifest } = record
  const { main } = manifest
  if (inline || root === undefined || (inside(root, main) && exists(entryOf(record)))) return []
  const text = `Plugin '${id}' has no entry: expected the file '${main}' in '${root}', found none.`
  return [
    error({
      plugin: id,
      code: 'PLUGIN_LOAD',
      path: 'llmspell.main',
      text,
      hint: 'Build the plugin.',
    }),
  ]
}

async function checkItems(
  record: PluginRecord,
  items: readonly Item[],
  point: Point,
  schemas: SchemaCompiler,
): Promise<Problem[]> {
  const validate = await schemas.compile(schemaOf(point))
  return items.flatMap((item, index) => {
    if (validate(structuredClone(item))) return []
    const place = `llmspell.contributes.${point.name}[${index}]`
    return violations(validate.errors ?? [], place).map((row) => itemProblem(record, item, row))
  })
}

function itemProblem({ id }: PluginRecord, { name }: Item, row: Violation): Problem {
  const text = `Plugin '${id}' has an invalid item '${name}': '${row.path}': expected ${row.expected}, found ${row.found}.`
  return error({ plugin: id, code: 'MANIFEST_INVALID', path: row.path, text, hint: row.hint })
}

function schemaOf({ name, owner, schema }: Point): object {
  if (typeof schema !== 'string') return schema
  const file = owner.root === undefined ? undefined : inside(owner.root, schema)
  const value = file === undefined ? undefined : readJson(file)
  if (isRecord(value)) return value
  throw new TypeError(
    `the item schema of '${name}' is '${schema}': expected a JSON file inside the package`,
  )
}

/** A check that cannot even run is a problem of the plugin whose data it needs. */
async function attempt(
  { id }: PluginRecord,
  path: string,
  check: () => Promise<Problem[]>,
): Promise<Problem[]> {
  try {
    return await check()
  } catch (cause) {
    const known = isPluginError(cause) ? cause : undefined
    const code = (known?.code ?? 'MANIFEST_INVALID') as KernelCode
    const message = cause instanceof Error ? cause.message : String(cause)
    const text = known ? message : `Plugin '${id}' cannot be checked: ${message}`
    return [
      error({
        plugin: id,
        code,
        path: path === 'config' ? `plugins.${id}` : path,
        text,
        hint: known?.hint,
      }),
    ]
  }
}
