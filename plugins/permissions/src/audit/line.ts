import { createHash } from 'node:crypto'
import type { AuditLine } from '@llmspell/sdk'

/** What stands for the line before the first one of a folder. */
export const NOTHING_BEFORE = '0'.repeat(64)

// What JSON leaves as it is and a terminal obeys: deletes, 8-bit controls, line ends, turned directions.
const ACTING = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g
const LONGEST = 4096

/** One line of the file, without its end. */
export function textOf(line: AuditLine): string {
  return JSON.stringify({ ...line, target: bounded(line.target) }).replaceAll(ACTING, escaped)
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Digest and length of what must not be kept itself. */
export function digest(value: unknown): { readonly sha256: string; readonly bytes: number } {
  const text = JSON.stringify(value)
  return { sha256: sha256(text), bytes: Buffer.byteLength(text) }
}

function bounded(text: string): string {
  if (text.length <= LONGEST) return text
  return `${text.slice(0, LONGEST)}… (${text.length} characters, sha256 ${sha256(text)})`
}

function escaped(char: string): string {
  return String.raw`\u` + char.charCodeAt(0).toString(16).padStart(4, '0')
}

/** The line that a text holds; undefined for anything else. */
export function parseLine(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as AuditLine
    const ok = typeof line.chain === 'string' && Number.isInteger(line.n)
    return ok && typeof line.prev === 'string' ? line : undefined
  } catch {
    return undefined
  }
}
