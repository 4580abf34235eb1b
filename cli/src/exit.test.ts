import { SpellError } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { CLI_ERRORS } from './codes.ts'
import { exitCode, EXIT_CODES } from './exit.ts'

test('every class has an exit code of its own', () => {
  const codes = Object.values(EXIT_CODES)
  expect(new Set(codes).size).toBe(codes.length)
})

test('a code of the tables gives the exit code of its class', () => {
  const item = { name: 'TOOL_FAILED', class: 'tool', cause: '', cure: '' } as const
  expect(exitCode(new SpellError('TOOL_FAILED', ''), [item])).toBe(7)
  expect(exitCode(new SpellError('FLAG_UNKNOWN', ''))).toBe(2)
})

test('a code that no table has is the script’s own; an error without a code is a fault', () => {
  expect(exitCode(new SpellError('NO_INVOICE', ''))).toBe(1)
  expect(exitCode(new TypeError('x'))).toBe(70)
})

test('no code is listed twice', () => {
  const names = CLI_ERRORS.map((item) => item.name)
  expect(new Set(names).size).toBe(names.length)
})
