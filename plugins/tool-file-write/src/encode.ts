import { inputInvalid } from '@llmspell/sdk'
import type { FileWriteInput } from './generated/input.ts'

/**
 * The bytes that the content stands for.
 * @throws INPUT_INVALID for what the encoding cannot say: nothing is replaced silently
 */
export function encode({ content, encoding }: FileWriteInput): Buffer {
  switch (encoding) {
    case 'base64':
      return decoded(content)
    case 'latin1':
      if (/[^\0-\u{FF}]/u.test(content)) throw refused('characters of latin1 only', 'others')
      return Buffer.from(content, 'latin1')
    case 'utf-8':
      return Buffer.from(wellFormed(content))
    default: {
      const bytes = Buffer.from(wellFormed(content), 'utf16le')
      return encoding === 'utf-16le' ? bytes : bytes.swap16()
    }
  }
}

function decoded(content: string): Buffer {
  const text = content.replaceAll(/[\r\n]/g, '')
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw refused('base64 with its padding', 'something else')
  }
  return Buffer.from(text, 'base64')
}

function wellFormed(content: string): string {
  if (content.isWellFormed()) return content
  throw refused('well-formed text', 'half of a surrogate pair')
}

function refused(expected: string, found: string): Error {
  return inputInvalid("Tool 'file-write'", [{ path: 'content', expected, found }])
}
