import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide, intersect, widened } from './permissions.ts'

const all = { net: ['*'] }
const set = fc.dictionary(
  fc.constantFrom('net', 'read', 'run'),
  fc.array(fc.constantFrom('*', 'a', 'b', 'c'), { maxLength: 3 }),
)

test('a right must be granted, declared and allowed; the reason names what is missing', () => {
  const rights = { granted: { net: ['a'] }, declared: { net: ['a', 'b'] }, policy: all }
  expect(decide('net', 'a', rights)).toBeUndefined()
  expect(decide('net', 'b', rights)?.reason).toContain('not granted to this run')
  expect(decide('net', 'c', rights)?.reason).toContain('does not declare it')
  expect(decide('net', 'a', { ...rights, policy: {} })?.reason).toContain(
    'policy does not allow it',
  )
})

test('what is not named is denied, whatever its name', () => {
  const rights = { granted: all, declared: all, policy: all }
  for (const name of ['read', 'toString', '__proto__'])
    expect(decide(name, 'x', rights)).toMatchObject({ denied: true })
})

test('what all layers share is what is decided', () => {
  fc.assert(
    fc.property(
      set,
      set,
      set,
      fc.constantFrom('net', 'read', 'run'),
      fc.constantFrom('a', 'b', 'x'),
      (granted, declared, policy, name, value) => {
        const shared = intersect(granted, declared, policy)
        const allowed = decide(name, value, { granted, declared, policy }) === undefined
        const held = (shared[name] ?? []).some((entry) => entry === value || entry === '*')
        expect(held).toBe(allowed)
      },
    ),
  )
  expect(intersect()).toEqual({})
})

test('an update asks for what it adds', () => {
  expect(widened({ net: ['a'] }, { net: ['a', 'b'], read: ['data'] })).toEqual({
    net: ['b'],
    read: ['data'],
  })
  expect(widened(all, { net: ['a', '*'] })).toEqual({})
  expect(widened({ net: ['a'] }, { net: ['*'] })).toEqual({ net: ['*'] })
})
