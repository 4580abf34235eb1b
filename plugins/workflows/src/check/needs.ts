import type { Checking } from './checking.ts'
import type { Table } from './fields.ts'
import { below } from './problem.ts'

/** What concerns the whole table of one type of workflow. */
export type WholeCheck = (definition: Table, path: string, checking: Checking) => void

/** Adds the keys that are not there. */
export function needs(...keys: readonly string[]): WholeCheck {
  return (definition, path, { findings }) => {
    for (const key of keys.filter((name) => definition[name] === undefined)) {
      const message = `The ${String(definition['type'])} workflow has no '${key}'.`
      findings.add(below(path, key), 'missing', message)
    }
  }
}
