import { printable } from '@llmspell/sdk'
import type { Part, Shape } from './shape.ts'

/** A workflow as a tree of lines for terminals. */
export function treeOf(shape: Shape): string {
  return `${[line(shape), ...below(shape.parts, '')].join('\n')}\n`
}

function line({ name, kind, note }: Shape): string {
  const text = `${name} [${kind}]${note === undefined ? '' : ` ${note}`}`.replaceAll(/\s+/g, ' ')
  const clean = printable(text)
  return clean.length > 120 ? `${clean.slice(0, 119)}…` : clean
}

function below(parts: readonly Part[], indent: string): string[] {
  return parts.flatMap((part, index) => {
    const last = index === parts.length - 1
    const inner = `${indent}${last ? '   ' : '│  '}`
    return [
      `${indent}${last ? '└─ ' : '├─ '}${line(part)}`,
      ...aside(part.fallback, 'if it fails', inner),
      ...aside(part.compensate, 'undone by', inner),
      ...below(part.parts, inner),
    ]
  })
}

function aside(part: Part | undefined, label: string, indent: string): string[] {
  if (!part) return []
  return [`${indent}╌╌ ${label}: ${line(part)}`, ...below(part.parts, `${indent}   `)]
}
