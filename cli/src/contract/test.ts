import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CONTRACTS, contractOf, readPackage, type Kernel } from '@llmspell/kernel'
import { SpellError, type Manifest } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { packageFacts } from '../plugin/manifest.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { cardText, counted, firstFailure, idleFaults, isGood, rowsOf, type Card } from './card.ts'
import type { ContractParts } from './file.ts'
import { planSuites, type PlannedSuite } from './plan.ts'
import { startFaults, type Fault } from './start.ts'
import { runContract, runOwn, vitestOf, type RanTest } from './vitest.ts'

type Json = Readonly<Record<string, unknown>>

/** `plugin test [FOLDER]`. @returns 7 where a test failed */
export async function testPlugin(stage: Stage): Promise<number> {
  const card = await cardOf(stage, resolve(stage.parsed.args[0] ?? '.'))
  const good = isGood(card)
  if (stage.json) out(`${toJson({ ok: good, ...card })}\n`)
  else out(cardText(card, painter(process.stdout.isTTY)))
  return good ? 0 : EXIT_CODES.tool
}

async function cardOf(stage: Stage, given: string): Promise<Card> {
  const json = jsonOf(given)
  const folder = realpathSync(given)
  const { manifest, problems, engine } = readPackage(json, textAt(json, 'name', folder))
  const [first] = problems
  if (!manifest)
    throw new SpellError(first!.code, first!.text, first!.hint ? { hint: first!.hint } : {})
  const contract = contractOf(engine)
  const suites = planSuites(manifest, contract === CONTRACTS[0] ? undefined : contract)
  const base = resolve(text(stage.parsed, 'with') ?? folder)
  const parts = { folder, manifest, suites, root: stage.root }
  const ran = await runAll(parts, base, isOn(stage.parsed, 'own'))
  const rows = rowsOf(ran.started ? suites : suites.map(asUnstarted), ran.tests)
  return {
    package: textAt(json, 'name', manifest.id),
    version: textAt(json, 'version', '0.0.0'),
    id: manifest.id,
    engines: engine,
    ...(contract === undefined ? {} : { contract }),
    hosts: hostsOf(stage.root, await stage.examine(await stage.config()), manifest),
    permissions: manifest.permissions ?? {},
    contributions: [...rows, ...ownRow(ran.own)],
    faults: [...levelFaults(contract, engine), ...ran.faults, ...idleFaults(rows)],
    ...firstFailure([...ran.tests, ...(ran.own ?? [])]),
  }
}

/** Where it does not even start, the suites would only say so once more. */
async function runAll(parts: ContractParts, base: string, withOwn: boolean) {
  const { folder, manifest, suites, root } = parts
  const program = suites.some(({ suite }) => suite) ? vitestOf(base) : undefined
  const start = await startFaults(folder, manifest.id, root)
  const started = start.length === 0
  const none = { tests: [], faults: [] }
  const ran = started && program !== undefined ? await runContract(parts, base, program) : none
  const own = withOwn ? await runOwn(folder) : undefined
  const faults = [...start, ...ran.faults, ...(own?.faults ?? [])]
  return { started, tests: ran.tests, faults, own: own?.tests }
}

function asUnstarted({ subject, why }: PlannedSuite): PlannedSuite {
  return { subject, why: why ?? 'not run, as the plugin does not start' }
}

function levelFaults(contract: string | undefined, engine: string): Fault[] {
  if (contract !== undefined) return []
  const text = `It keeps no contract of this version: engines.llmspell is '${engine}'.`
  const hint = `Write the range of the contract: "engines": { "llmspell": "^${CONTRACTS[0]}.0" }`
  return [{ text, hint }]
}

function ownRow(own: readonly RanTest[] | undefined) {
  return own ? [{ subject: 'its own tests', suite: 'vitest', ...counted(own) }] : []
}

/** @throws PLUGIN_NOT_FOUND where the folder holds no plugin; MANIFEST_INVALID */
function jsonOf(folder: string): Json {
  const file = join(folder, 'package.json')
  const json = existsSync(file) ? parsed(file) : undefined
  if (json && 'llmspell' in json) return json
  const found = json ? "a package.json without the key 'llmspell'" : 'no package.json'
  const hint = 'Name the folder of a plugin: llmspell plugin test FOLDER'
  const text = `Expected a plugin in '${folder}', found ${found}.`
  throw new SpellError('PLUGIN_NOT_FOUND', text, { hint })
}

function textAt(json: Json, key: string, otherwise: string): string {
  const value = json[key]
  return typeof value === 'string' ? value : otherwise
}

function parsed(file: string): Json {
  try {
    return Object(JSON.parse(readFileSync(file, 'utf8'))) as Json
  } catch (cause) {
    const text = `'${file}' is no JSON: ${(cause as Error).message}`
    throw new SpellError('MANIFEST_INVALID', text, { hint: 'Repair the file.', cause })
  }
}

/** Where its code may run: every host of plugins that takes all it contributes, and this process. */
function hostsOf(root: string, kernel: Kernel, manifest: Manifest): readonly string[] {
  const { hooks = [], ...rest } = manifest.contributes ?? {}
  const points = [...Object.keys(rest), ...(hooks.length > 0 ? ['hooks'] : [])]
  const needs = Object.keys(manifest.requires ?? {})
  const hosts = kernel
    .list()
    .flatMap((row) => packageFacts(root, row)?.manifest.contributes?.pluginHosts ?? [])
  const fitting = hosts.filter(
    (host) =>
      !host.files &&
      Object.keys(manifest.provides ?? {}).length === 0 &&
      points.every((point) => host.points.includes(point)) &&
      needs.every((name) => host.services?.includes(name) ?? true),
  )
  return [...fitting.map(({ name }) => `the host '${name}'`), 'the process of llmspell']
}
