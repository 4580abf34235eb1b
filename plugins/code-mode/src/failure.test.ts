import { SpellError } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { asTold } from './failure.ts'

test('the line stands in the message, where a model reads it', () => {
  const where = { file: 'program.lua', line: 3 }
  const error = new SpellError('SCRIPT_ERROR', "attempt to index a nil value 'x'", { where })
  expect(asTold(error)).toMatchObject({
    code: 'SCRIPT_ERROR',
    message: "attempt to index a nil value 'x'. At line 3 of the program.",
    where,
  })
})

test('hints are for a model, not for the command line', () => {
  const error = new SpellError('TIMEOUT', 'Too late.', { hint: 'Raise --max-time, or do less.' })
  expect(asTold(error)).toMatchObject({ hint: expect.stringContaining('timeout') })
  expect(asTold('other')).toBe('other')
})
