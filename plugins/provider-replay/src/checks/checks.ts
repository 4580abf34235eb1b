import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, HostCallback, SchemaCompiler, Value } from '@llmspell/sdk'
import { difference } from './compare.ts'

const MOST = 20_000

/** @throws TEST_FAILED with the difference */
export function equal(
  actual: Value | undefined,
  expected: Value | undefined,
  message: string | undefined,
): void {
  const found = difference(actual, expected)
  if (!found) return
  const place = found.path === '' ? '' : ` at '${found.path}'`
  const text = `expected ${found.expected}${place}, found ${found.found}`
  const simple = found.path === '' && !found.diff.includes('\n-  ')
  throw failed(`${said(message, text)}.${simple ? '' : `\n${found.diff.slice(0, MOST)}`}`, {
    path: found.path,
    diff: found.diff.slice(0, MOST),
  })
}

/** @throws TEST_FAILED; SCHEMA_INVALID for a pattern that is none */
export async function matches(
  schemas: SchemaCompiler,
  text: string,
  pattern: string,
): Promise<void> {
  const validate = await schemas.compile({ type: 'string', pattern })
  if (validate(text)) return
  const found = text.length > 200 ? `${text.slice(0, 197)}...` : text
  throw failed(`Expected a text that matches '${pattern}', found '${found}'.`, { pattern })
}

/** @throws TEST_FAILED where nothing is raised, or something else */
export async function raises(fn: HostCallback, code: string | undefined): Promise<ErrorRecord> {
  let raised: ErrorRecord | undefined
  try {
    await fn()
  } catch (error) {
    raised = toErrorRecord(error)
  }
  const wanted = code === undefined ? 'an error' : `the error '${code}'`
  if (!raised) throw failed(`Expected ${wanted}, but nothing was raised.`, {})
  if (code === undefined || raised.code === code) return raised
  throw failed(`Expected ${wanted}, found '${raised.code}': ${raised.message}`, {
    code: raised.code,
  })
}

/** @throws TEST_FAILED */
export function ok(value: Value | undefined, message: string | undefined): void {
  if (value !== undefined && value !== null && value !== false) return
  throw failed(
    `${said(message, `expected something true, found ${JSON.stringify(value ?? null)}`)}.`,
    {},
  )
}

function said(message: string | undefined, text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return message === undefined ? capital : `${message.replace(/\.$/, '')}: ${text}`
}

function failed(text: string, details: Value): SpellError {
  return new SpellError('TEST_FAILED', text, { details })
}
