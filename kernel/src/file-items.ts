import { expandSchema, type PluginHostItem } from '@llmspell/sdk'
import { isRecord } from './files.ts'

/** A schema of an item that cannot be read. */
export class ItemFault extends Error {
  /** `contributes.things[0].input` */
  readonly path: string

  constructor(path: string, cause: Error) {
    super(cause.message, { cause })
    this.path = path
  }
}

/**
 * What the header of a file contributes, with what its host says for all: the file need not repeat it.
 * @throws ItemFault
 */
export function filledItems(given: unknown, id: string, host: PluginHostItem | undefined): unknown {
  if (!isRecord(given) || !host?.defaults) return given
  const { defaults, schemas = {} } = host
  const points = Object.entries(given).map(([point, items]) => {
    if (!Array.isArray(items) || !Object.hasOwn(defaults, point)) return [point, items]
    const own = { name: id, ...defaults[point] }
    const keys = schemas[point] ?? []
    return [
      point,
      items.map((item: unknown, i) => filled(item, own, keys, `contributes.${point}[${i}]`)),
    ]
  })
  return Object.fromEntries(points) as unknown
}

function filled(item: unknown, own: object, keys: readonly string[], path: string): unknown {
  if (!isRecord(item)) return item
  const whole: Record<string, unknown> = { ...own, ...item }
  for (const key of keys) {
    const short = whole[key]
    if (isRecord(short)) whole[key] = expanded(short, `${path}.${key}`)
  }
  return whole
}

function expanded(short: object, path: string): object {
  try {
    return expandSchema(short, path)
  } catch (cause) {
    throw new ItemFault(path, cause as Error)
  }
}
