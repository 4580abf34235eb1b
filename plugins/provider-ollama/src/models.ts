import { isSpellError } from '@llmspell/sdk'
import type { Capability, ModelItem } from '@llmspell/sdk'
import { malformed } from './failures.ts'
import { ask, isTable } from './wire.ts'
import type { Fields, Line } from './wire.ts'

/** Questions to one server at a time. */
const AT_ONCE = 4
/** Words of the server and ours. */
const CAPABILITIES = new Map<unknown, readonly Capability[]>([
  ['completion', ['streaming', 'schema']],
  ['tools', ['tools']],
  ['thinking', ['reasoning']],
  ['vision', ['image']],
  ['audio', ['audio']],
  ['embedding', ['embedding']],
])

/** What the server has, with what it says of each. */
export async function models(line: Line): Promise<readonly ModelItem[]> {
  const { models: rows } = await ask(line, '/api/tags')
  if (!Array.isArray(rows)) throw malformed(line.model, 'a list of models', typeof rows)
  const names = rows.filter(isTable).flatMap(({ name }) => (isName(name) ? [name] : []))
  const items: ModelItem[] = []
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE)
    items.push(...(await Promise.all(some.map((name) => itemOf(line, name)))))
  }
  return items
}

const isName = (name: unknown): name is string => typeof name === 'string' && name !== ''

/** `latest` is what a name without a tag means. */
async function itemOf(line: Line, name: string): Promise<ModelItem> {
  const free = { id: name.replace(/:latest$/, ''), priceIn: 0, priceOut: 0 }
  try {
    const shown = await ask(line, '/api/show', { model: name })
    const context = contextOf(shown)
    return { ...free, ...(context === undefined ? {} : { context }), ...capabilitiesOf(shown) }
  } catch (error) {
    // A model that went away since, or whose file is broken, is still a row of the list.
    if (isSpellError(error) && error.code === 'PROVIDER_FAILED') return free
    throw error
  }
}

/** The size that the model was made for; a server may give it less. */
function contextOf({ model_info: info }: Fields): number | undefined {
  if (!isTable(info)) return undefined
  const found = Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1]
  return Number.isSafeInteger(found) && Number(found) > 0 ? Number(found) : undefined
}

/** Servers before 0.6.4 do not say: then nothing is known. */
function capabilitiesOf({ capabilities }: Fields): Pick<ModelItem, 'capabilities'> {
  if (!Array.isArray(capabilities)) return {}
  const ours = capabilities.flatMap((word) => CAPABILITIES.get(word) ?? [])
  return { capabilities: [...new Set(ours)] }
}
