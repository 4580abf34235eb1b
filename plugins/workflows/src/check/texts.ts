import type { Schema } from '@llmspell/sdk'
import { isTable } from './fields.ts'
import { below, type Findings } from './problem.ts'
import { checkReference } from './reference.ts'
import type { Scope } from './scope.ts'
import { parseTemplate } from './template.ts'

/** Checks the templates in all texts of a value. @returns what is known of the value */
export function checkTexts(value: unknown, path: string, scope: Scope, findings: Findings): Schema {
  if (typeof value === 'string') return checkText(value, path, scope, findings)
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkTexts(item, `${path}[${index}]`, scope, findings))
    return { type: 'array' }
  }
  if (isTable(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkTexts(item, below(path, key), scope, findings)
    }
    return { type: 'object' }
  }
  return { type: value === null ? 'null' : typeof value }
}

function checkText(text: string, path: string, scope: Scope, findings: Findings): Schema {
  const { parts, only, errors } = parseTemplate(text)
  for (const { source, message } of errors) {
    findings.add(path, 'template', `The template '${source}' ${message}.`, HINT)
  }
  const known = parts
    .filter((part) => typeof part === 'object')
    .map((part) => checkReference(part, path, scope, findings))
  return only ? (known[0] ?? {}) : { type: 'string' }
}

const HINT = "Write {{input.x}} or {{steps.a.output}}; two braces as text are written '\\{{'."
