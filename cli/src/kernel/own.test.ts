import { expect, test } from 'vitest'
import { COMMANDS } from '../commands/index.ts'
import { OWN_WORDS } from './own.ts'

test('all our commands begin with words that no plugin may have', () => {
  const first = Object.keys(COMMANDS).map((id) => id.split(':')[0]!)
  expect(OWN_WORDS).toEqual(expect.arrayContaining([...first, 'help', 'version']))
})
