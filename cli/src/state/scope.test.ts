import { expect, test } from 'vitest'
import { scopeOf } from './scope.ts'

test.each([
  ['agent', 'Write: agent:NAME'],
  ['custom:', 'Write: custom:NAME'],
  ['global:a', 'Write: global'],
])("the hint to the scope '%s' is another one", (text, hint) => {
  expect(() => scopeOf(text)).toThrow(expect.objectContaining({ hint }))
})
