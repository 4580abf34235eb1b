import type { PermissionSet, PluginChange } from '@llmspell/sdk'
import { plain } from '../../print/escape.ts'
import type { Paint } from '../../print/style.ts'
import { table } from '../../print/table.ts'

const OWN =
  'in the process of llmspell: its code can do all that you can; the permissions below bind what it does through llmspell, not its code'

/** A table breaks between words: hashes and addresses have none. */
const LONG = /\S{60}(?=\S)/g

/** All that a person has to know before a yes, within 80 columns. */
export function card(change: PluginChange, paint: Paint): string {
  const rows = [
    ['package', `${change.package}@${change.version}`],
    ['from', sourceText(change)],
    ['hash', change.integrity],
    ['origin', provenanceText(change)],
    ['old', change.deprecated && `deprecated: ${change.deprecated}`],
    [
      'runs',
      change.host === undefined
        ? OWN
        : `in a place of its own ('${change.host}'), with what is permitted below and nothing else`,
    ],
    ['permissions', permissionText(change.permissions) || 'none'],
    ...news(change),
    ...Object.entries(change.brings).map(([point, names]) => [point, names.join(', ')]),
    ['size', sizeText(change)],
    ...change.warnings.map(({ text }) => ['warning', text]),
  ]
  const shown = rows.filter((row): row is [string, string] => Boolean(row[1]))
  const title = [change.id, change.before, change.before && '→', change.version]
    .filter(Boolean)
    .join(' ')
  const cells = shown.map(([name, text]) => [name, text.replaceAll(LONG, '$& ')])
  return table([plain(title), ''], cells, paint)
}

/** What an update changes. */
function news({ before, widened, narrowed, added, removed }: PluginChange): [string, string][] {
  if (before === undefined) return []
  return [
    ['+ may', permissionText(widened)],
    ['- may', permissionText(narrowed)],
    ['+ brings', added.join(', ')],
    ['- brings', removed.join(', ')],
  ]
}

export function permissionText(permissions: PermissionSet): string {
  const entries = Object.entries(permissions).filter(([, values]) => values.length > 0)
  return entries.map(([name, values]) => `${name}: ${values.map(shownValue).join(' ')}`).join('; ')
}

const shownValue = (value: string): string => (value === '*' ? '* (everything)' : value)

function sourceText({ from, resolved, published }: PluginChange): string {
  const when = published === undefined ? '' : `, published ${published.slice(0, 10)}`
  return `${from}${resolved === undefined || resolved === from ? '' : ` (${resolved})`}${when}`
}

function provenanceText({ provenance, published }: PluginChange): string {
  if (published === undefined) return 'not from a registry: nobody else has seen it'
  return provenance === 'stated'
    ? 'the registry states where it was built; not checked here'
    : 'nobody states where it was built'
}

function sizeText({ files, bytes, dependencies }: PluginChange): string {
  if (files === 0) return ''
  const others = dependencies === 0 ? 'no other package' : `${dependencies} other packages`
  return `${files} files${bytes > 0 ? `, ${Math.ceil(bytes / 1000)} kB` : ''}, ${others}`
}

/** What an update would do, one line each. */
export function summary(changes: readonly PluginChange[], paint: Paint): string {
  const rows = changes.map((change) => [
    change.id,
    change.before ?? '-',
    change.version,
    asks(change),
  ])
  return table(['PLUGIN', 'FROM', 'TO', 'ASKS FOR'], rows, paint)
}

function asks({ needs, widened, added }: PluginChange): string {
  if (needs === 'nothing') return 'nothing new'
  const more = [permissionText(widened), ...added].filter((text) => text !== '').join(', ')
  return needs === 'trust' ? `trust in its code${more === '' ? '' : `, ${more}`}` : more || 'a yes'
}
