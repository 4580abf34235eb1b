import { isSpellError } from '@llmspell/sdk'
import type { Capability, ModelItem } from '@llmspell/sdk'
import { malformed } from './failures.ts'
import { ask } from './wire.ts'
import type { Fields, Line } from './wire.ts'

/** Questions to one server at a time. */
const AT_ONCE = 4
/** Words of the server and ours. */
const CAPABILITIES: Readonly<Record<string, readonly Capability[]>> = {
  completion: ['streaming', 'schema'],
  tools: ['tools'],
  thinking: ['reasoning'],
  vision: ['image'],
  audio: ['audio'],
  embedding: ['embedding'],
}

/** What the server has, with what it says of each. */
export async function models(line: Line): Promise<readonly ModelItem[]> {
  const { models: rows } = await ask(line, '/api/tags')
  if (!Array.isArray(rows)) throw malformed(line.model, 'a list of models', typeof rows)
  const names = rows.flatMap(({ name }: { readonly name?: unknown }) =>
    typeof name === 'string' ? [name] : [],
  )
  const items: ModelItem[] = []
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE)
    items.push(...(await Promise.all(some.map((name) => itemOf(line, name)))))
  }
  return items
}

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
  if (typeof info !== 'object' || info === null) return undefined
  const found = Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1]
  return Number.isSafeInteger(found) && found > 0 ? (found as number) : undefined
}

/** Servers before 0.6.4 do not say: then nothing is known. */
function capabilitiesOf({ capabilities }: Fields): Pick<ModelItem, 'capabilities'> {
  if (!Array.isArray(capabilities)) return {}
  const ours = capabilities.flatMap((word) => CAPABILITIES[String(word)] ?? [])
  return { capabilities: [...new Set(ours)] }
}
