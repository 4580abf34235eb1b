import { isRef } from '@llmspell/sdk'
import type { Checking } from './checking.ts'
import { expected } from './fields.ts'
import type { Scope } from './scope.ts'
import { parseTemplate } from './template.ts'
import { checkTexts } from './texts.ts'

/** What a loop or a stream takes its items from. */
export function checkSource(
  value: unknown,
  path: string,
  scope: Scope,
  { findings }: Checking,
  also?: 'function',
): void {
  const what = `a list, a stream${also ? ', a function' : ''} or one template such as "{{input.items}}"`
  if (typeof value === also && also !== undefined) return
  if (isRef(value, 'stream')) return
  const known = checkTexts(value, path, scope, findings) as { type?: string }
  if (Array.isArray(value)) return
  const isTemplate = typeof value === 'string' && parseTemplate(value).only !== undefined
  if (!isTemplate) expected(what, value, path, findings)
  else if (known.type !== undefined && known.type !== 'array') {
    findings.add(path, 'type', `Expected a list, and ${value} is of type ${known.type}.`)
  }
}
