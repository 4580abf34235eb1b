import type { Kernel } from '@llmspell/kernel'
import {
  didYouMean,
  SpellError,
  tappedPoint,
  type HookPointInfo,
  type Manifest,
} from '@llmspell/sdk'
import { pluginFacts } from '../plugin/manifest.ts'
import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter, type Paint } from '../print/style.ts'
import { table, wrap, WIDTH } from '../print/table.ts'
import type { Stage } from '../stage.ts'

interface Tap {
  readonly plugin: string
  /** Only with this key of its config. */
  readonly with?: string
}

type Row = HookPointInfo & { readonly taps: readonly Tap[] }

/** `hooks list [POINT]`. */
export async function listHooks(stage: Stage): Promise<void> {
  const kernel = await stage.open(await stage.config())
  const [name] = stage.parsed.args
  const all = rowsOf(stage.root, kernel)
  const rows = name === undefined ? all : [find(all, name)]
  const paint = painter(process.stdout.isTTY)
  if (stage.json) out(`${toJson({ ok: true, points: rows })}\n`)
  else out(name === undefined ? overview(rows, paint) : page(rows[0]!, paint))
}

/** From manifests alone. */
function rowsOf(root: string, kernel: Kernel): readonly Row[] {
  const manifests = kernel.list().flatMap((row) => pluginFacts(kernel, root, row)?.manifest ?? [])
  return kernel.hooks.list().map((info) => {
    return { ...info, taps: manifests.flatMap((one) => tapOf(one, info.name)) }
  })
}

function tapOf({ id, contributes }: Manifest, point: string): readonly Tap[] {
  const item = contributes?.hooks?.find((one) => tappedPoint(one) === point)
  if (item === undefined) return []
  return [{ plugin: id, ...(typeof item === 'string' ? {} : { with: item.with }) }]
}

/** By name or alias. @throws HOOK_UNKNOWN with a suggestion */
function find(rows: readonly Row[], name: string): Row {
  const found =
    rows.find((row) => row.name === name) ?? rows.find(({ aliases }) => aliases.includes(name))
  if (found) return found
  const known = rows.flatMap((row) => [row.name, ...row.aliases])
  throw new SpellError('HOOK_UNKNOWN', `No plugin in use owns a hook point '${name}'.`, {
    hint: didYouMean(name, known, 'See them all with: llmspell hooks list'),
  })
}

function overview(rows: readonly Row[], paint: Paint): string {
  const cells = rows.map(({ name, kind, owner, results, taps }) => {
    return [name, kind, owner, [...results, ...tapped(taps)].join(', ')]
  })
  return table(['POINT', 'KIND', 'OWNER', 'TAKES, TAPPED BY'], cells, paint)
}

function tapped(taps: readonly Tap[]): readonly string[] {
  return taps.length === 0 ? [] : [`by ${taps.map(({ plugin }) => plugin).join(' and ')}`]
}

function page(row: Row, paint: Paint): string {
  const { name, kind, owner, results, failOpen, aliases, subject, taps, doc } = row
  const { properties = {} } = (row.payload ?? {}) as { readonly properties?: object }
  const conditions = taps.map(({ plugin, with: key }) =>
    key === undefined ? plugin : `${plugin} (with plugins.${plugin}.${key})`,
  )
  const facts: readonly (readonly [string, string])[] = [
    ['Kind', kind],
    ['Owner', owner],
    ['Takes', results.join(', ')],
    ['Failing', failOpen ? 'a tap that fails is passed over' : 'a tap that fails stops it'],
    ['Aliases', aliases.join(', ')],
    ['About', subject ?? ''],
    ['Payload', Object.keys(properties).join(', ')],
    ['Tapped by', conditions.join(', ')],
  ]
  const lines = facts
    .filter(([, text]) => text !== '')
    .flatMap(([key, text]) => factLines(key, text, paint))
  return [paint('bold', plain(name)), ...wrap(plain(doc), WIDTH), ...lines].join('\n') + '\n'
}

function factLines(key: string, text: string, paint: Paint): string[] {
  const [first = '', ...rest] = wrap(plain(text), WIDTH - 11)
  return [`${paint('bold', key.padEnd(10))} ${first}`, ...rest.map((one) => ' '.repeat(11) + one)]
}
