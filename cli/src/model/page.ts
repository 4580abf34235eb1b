import { fromErrorRecord, providerFailure, type ErrorRecord } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { WIDTH, wrap } from '../print/table.ts'
import type { KeyPlace, ModelFacts, ServerRow } from './service.ts'
import { priceText } from './texts.ts'
import { table } from '../print/table.ts'

/** Width of the names of facts. */
const INDENT = 11

/** All that is known of one model, for people. */
export function modelPage(facts: ModelFacts, paint: Paint): string {
  const { id, description, mock, capabilities, base_url: address } = facts
  const title = `${paint('bold', plain(id))}${mock ? paint('yellow', '  mock: answers without a model') : ''}`
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Provider', description],
    ['Chosen by', facts.chosen_by === 'call' ? undefined : facts.chosen_by],
    ['Context', tokens(facts.context)],
    ['Answer', facts.max_output === undefined ? undefined : `up to ${tokens(facts.max_output)}`],
    ['Price', prices(facts)],
    ['Can', capabilities.length === 0 ? 'not known' : capabilities.join(', ')],
    ['Address', address],
    ['Key', keyText(facts.key)],
    ['Listed', listedText(facts)],
  ]
  const known = rows.filter((row): row is readonly [string, string] => row[1] !== undefined)
  return `${[title, ...known.map(([name, text]) => fact(name, text, paint))].join('\n')}\n`
}

function fact(name: string, text: string, paint: Paint): string {
  const [first = '', ...more] = wrap(plain(text), WIDTH - INDENT)
  const head = paint('bold', name) + ' '.repeat(INDENT - name.length)
  return [head + first, ...more.map((line) => ' '.repeat(INDENT) + line)].join('\n')
}

const tokens = (count: number | undefined): string =>
  count === undefined ? 'not known' : `${count.toLocaleString('en-US')} tokens`

function prices({ price_in, price_out, price_cached }: ModelFacts): string {
  if (price_in === undefined && price_out === undefined) return 'not known'
  if (price_in === 0 && price_out === 0) return 'free'
  const cached = price_cached === undefined ? '' : `, ${priceText(price_cached)} in again`
  return `${priceText(price_in)} in, ${priceText(price_out)} out${cached} per million tokens`
}

const PLACES: Readonly<Record<NonNullable<KeyPlace['source']>, string>> = {
  environment: 'set in the environment',
  dotenv: 'found in .env',
  file: 'kept in the encrypted file',
  configuration: 'written in the configuration',
}

function keyText({ reference, needed, found, source }: KeyPlace): string {
  const name = reference === undefined ? '' : `${reference}: `
  if (found && source) return `${name}${PLACES[source]}`
  if (!needed) return reference === undefined ? 'none is needed' : `${name}not set, and not needed`
  return `${name}not set`
}

function listedText({ listed, live, provider }: ModelFacts): string {
  if (live) return 'yes, its server has it'
  if (listed) return 'yes'
  return `no: see what its server says with llmspell model list --provider ${provider} --live`
}

const STATES: Readonly<Record<ServerRow['state'], string>> = {
  answers: 'answers',
  silent: 'SILENT',
  off: 'off',
  unasked: '-',
}

/** Which servers answer, for people. */
export function statusTable(rows: readonly ServerRow[], paint: Paint): string {
  const cells = rows.map((row) => [row.provider, STATES[row.state], foundText(row)])
  return table(['PROVIDER', 'SERVER', 'FOUND'], cells, paint)
}

function foundText(row: ServerRow): string {
  const { mock, state, ms, version, models, reason = '', address, error } = row
  if (mock) return 'offline mock: it needs no server'
  if (state === 'silent' && isAbsent(error)) return `no server runs at ${address}`
  if (state !== 'answers') return reason
  const facts = [
    version === undefined ? undefined : `version ${version}`,
    models === undefined ? undefined : `${models} models`,
    `${ms} ms`,
  ]
  return facts.filter(Boolean).join(', ')
}

/** True for a failure of a server that does not run. */
export function isAbsent(error: ErrorRecord | undefined): boolean {
  return error !== undefined && providerFailure(fromErrorRecord(error))?.kind === 'network'
}
