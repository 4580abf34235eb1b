import type { ArtifactInfo, Value } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table } from '../print/table.ts'

/** Rows for people: newest last. */
export function artifactTable(rows: readonly ArtifactInfo[], paint: Paint): string {
  if (rows.length === 0) return 'No artifact is stored.\n'
  const cells = rows.map(({ id, name, bytes, created }) => {
    return [`${id.slice(0, SHORT)}…`, created.slice(0, 16).replace('T', ' '), sizeText(bytes), name]
  })
  return table(['ID', 'STORED (UTC)', 'SIZE', 'NAME'], cells, paint)
}

/** Characters of an id in a list: enough to tell it from others, and to name it by. */
const SHORT = 19

/** All that is known of one. */
export function artifactPage(info: ArtifactInfo, paint: Paint): string {
  const { id, name, mime, bytes, created, run, metadata } = info
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Id', id],
    ['Kind', mime],
    ['Size', `${bytes} bytes`],
    ['Stored', created],
    ['Run', run],
    ...Object.entries((metadata ?? {}) as Record<string, Value>).map(
      ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  ]
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined)
  const lines = known.map(
    ([key, value]) => `${paint('bold', plain(key).padEnd(10))} ${plain(value)}`,
  )
  return `${paint('bold', plain(name))}\n${lines.join('\n')}\n`
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  let [size, unit] = [bytes, 0]
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`
}
