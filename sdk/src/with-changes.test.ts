import { expect, test } from 'vitest'
import { withChanges } from './verdicts.ts'

const CALL = { tool: 'calculator', seq: 1, params: { a: 1 } }
const PARAMS = new Set(['params'])

test.each([
  ['what may be changed', { ...CALL, params: 2 }, { ...CALL, params: 2 }],
  ['nothing that says what it is about', { ...CALL, tool: 'uuid', seq: 9 }, CALL],
  ['no key that was not there', { ...CALL, admin: true }, CALL],
  ['a part alone', { params: 3 }, { ...CALL, params: 3 }],
  ['what is left out', { tool: 'calculator' }, { tool: 'calculator', seq: 1 }],
])('takes %s', (_, given, made) => {
  expect(withChanges(CALL, given, PARAMS)).toEqual(made)
})
