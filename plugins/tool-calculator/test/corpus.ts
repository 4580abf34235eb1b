import type { Value } from '@llmspell/sdk'
import corpus from './corpus.json' with { type: 'json' }

interface Row {
  readonly id: string
  readonly expression?: string
  /** The expression: a text so many times. */
  readonly repeat?: readonly [string, number]
  readonly variables?: Readonly<Record<string, number | string>>
  readonly mode?: string
  readonly digits?: number
}

export interface ValueRow extends Row {
  readonly value: number | string
  readonly precision: string
}

export interface RefusedRow extends Row {
  readonly code: string
  /** What the hint must say. */
  readonly says?: string
}

export const values = corpus.values as unknown as readonly ValueRow[]
export const refused = corpus.refused as unknown as readonly RefusedRow[]

/** The tool's input of a row. */
export function inputOf({ expression, repeat: [part, times] = ['', 0], ...row }: Row): {
  readonly [key: string]: Value
} {
  const { variables, mode, digits } = row
  return {
    expression: expression ?? part.repeat(times),
    ...(variables === undefined ? {} : { variables }),
    ...(mode === undefined ? {} : { mode }),
    ...(digits === undefined ? {} : { digits }),
  }
}
