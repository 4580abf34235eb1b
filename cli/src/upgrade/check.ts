import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPackage, type PluginReport } from '@llmspell/kernel'
import { SpellError } from '@llmspell/sdk'
import { planSuites } from '../contract/plan.ts'
import { EXIT_CODES } from '../exit.ts'
import { pluginFolder } from '../places.ts'
import { toJson } from '../print/envelope.ts'
import { err, out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { isOn } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { fetchPackages } from './npm.ts'
import { NewVersion, type Examined, type Tested } from './trial.ts'
import { verdictOf, verdictText, type Verdict } from './verdict.ts'

const HOW = `npm install -g llmspell@latest

This says how and does not do it: llmspell cannot know who installed it. Where it
is a dependency of a project, it is: npm install llmspell@latest
Before that, see whether your plugins work with it: llmspell upgrade --check
`

/** `upgrade [VERSION]`. @returns 8 where a plugin does not fit */
export async function upgrade(stage: Stage): Promise<number> {
  const [version = 'latest'] = stage.parsed.args
  if (isOn(stage.parsed, 'check')) return check(stage, version)
  const told = HOW.replaceAll('latest', version)
  out(stage.json ? `${toJson({ ok: true, command: told.split('\n')[0] })}\n` : told)
  return 0
}

async function check(stage: Stage, wanted: string): Promise<number> {
  mustBeVersion(wanted)
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'llmspell-upgrade-')))
  try {
    writeFileSync(join(place, 'package.json'), '{ "private": true }')
    step(stage, `fetching llmspell@${wanted}`)
    await fetchPackages(place, [`llmspell@${wanted}`])
    return await judge(stage, new NewVersion(place), place)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** Of all that npm takes only what names a version of this package: neither a folder nor an address. @throws FLAG_INVALID */
function mustBeVersion(wanted: string): void {
  if (/^[\w^~<>=][\w.+^~<>= -]*$/.test(wanted)) return
  const text = `Expected a version or a tag, found '${wanted}'.`
  throw new SpellError('FLAG_INVALID', text, { hint: 'Such as: llmspell upgrade --check 0.3.0' })
}

async function judge(stage: Stage, next: NewVersion, place: string): Promise<number> {
  const config = await stage.config()
  const kernel = await stage.examine(config)
  const installed = kernel.list().filter(({ source }) => source === 'folder' || source === 'linked')
  const folder = pluginFolder(process.env, process.platform) ?? ''
  step(stage, `starting ${installed.length} plugins with ${next.version}`)
  const found = await next.examine(
    folder,
    config,
    installed.map(({ id }) => id),
  )
  const kit = await testable(stage, installed, found, place)
  const verdicts: Verdict[] = []
  for (const row of installed)
    verdicts.push(verdictOf(row, found, await tested(next, found, row, kit)))
  return tell(stage, next.version, verdicts)
}

/** Those whose contract can be tested: the test kit is only fetched where there is something for it. */
async function testable(
  stage: Stage,
  installed: readonly PluginReport[],
  { plugins }: Examined,
  place: string,
): Promise<ReadonlySet<string>> {
  const active = plugins.filter(({ state }) => state === 'active').map(({ id }) => id)
  const some = installed.filter((row) => active.includes(row.id) && hasSuites(row))
  if (some.length === 0) return new Set()
  try {
    step(stage, 'fetching the test kit')
    await fetchPackages(place, ['vitest'])
    return new Set(some.map(({ id }) => id))
  } catch (error) {
    err(`warning: contracts are not tested: ${(error as Error).message}\n`)
    return new Set()
  }
}

function hasSuites({ root, package: name }: PluginReport): boolean {
  if (root === undefined) return false
  const json = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >
  const { manifest } = readPackage(json, name)
  return manifest !== undefined && planSuites(manifest).some(({ suite }) => suite)
}

async function tested(
  next: NewVersion,
  { plugins }: Examined,
  { id }: PluginReport,
  kit: ReadonlySet<string>,
): Promise<Tested | undefined> {
  const root = plugins.find((row) => row.id === id)?.root
  return kit.has(id) && root !== undefined ? next.test(root) : undefined
}

function tell(stage: Stage, version: string, plugins: readonly Verdict[]): number {
  const ok = plugins.every(({ fits }) => fits !== 'no')
  if (stage.json) out(`${toJson({ ok, version, plugins })}\n`)
  else if (plugins.length === 0) out(`No plugins are installed: llmspell ${version} breaks none.\n`)
  else out(`llmspell ${version}\n\n${verdictText(plugins, painter(process.stdout.isTTY))}`)
  return ok ? 0 : EXIT_CODES.unavailable
}

/** What is under way, for a person who waits. */
function step(stage: Stage, text: string): void {
  if (!stage.json && !stage.quiet) err(`${text} …\n`)
}
