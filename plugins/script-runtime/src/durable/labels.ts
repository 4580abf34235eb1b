import { REF } from '@llmspell/sdk'
import type { Json } from '@llmspell/sdk'
import { placeHere } from './place.ts'

/** What a durable run has seen. A step keeps what was seen in it: later lives do not see it again. */
export class LastingLabels extends Set<string> {
  override add(label: string): this {
    placeHere()?.labels.add(label)
    return super.add(label)
  }
}

/** What a step gave, with what was seen in it. Made inside the step. */
export function sealed(value: Json): Json {
  const labels = [...(placeHere()?.labels ?? [])]
  return labels.length === 0 ? value : { [REF]: 'seen', labels, value }
}

/** What a step gave; the run has seen what was seen in it. */
export function unsealed(value: Json, labels: Set<string>): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const table = value as { readonly [key: string]: Json }
  if (table[REF] !== 'seen') return value
  for (const label of table['labels'] as readonly string[]) labels.add(label)
  return table['value']!
}
