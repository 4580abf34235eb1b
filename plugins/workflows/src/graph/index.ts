import type { Table } from '../check/fields.ts'
import { mermaidOf } from './mermaid.ts'
import { shapeOf } from './shape.ts'
import { treeOf } from './text.ts'

/** A checked definition as a Mermaid flowchart, or as a tree of lines. */
export function graphOf(definition: Table, format: 'mermaid' | 'text'): string {
  const shape = shapeOf(definition)
  return format === 'text' ? treeOf(shape) : mermaidOf(shape)
}
