import { expect, test } from 'vitest'
import { COMMANDS } from '../commands/index.ts'
import { OWN_WORDS } from './own.ts'

test('the words that no plugin may have are those of all our commands', () => {
  const first = Object.keys(COMMANDS).map((id) => id.split(':')[0]!)
  expect([...new Set([...first, 'help', 'version'])].toSorted()).toEqual(OWN_WORDS.toSorted())
})
