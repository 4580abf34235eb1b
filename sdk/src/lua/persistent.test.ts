import { expect, test } from 'vitest'
import { persistentLocals } from './persistent.ts'

test.each([
  ['local x = 1', 'x = 1'],
  ['local x', 'x = nil'],
  ['local a, b = f()', 'a, b = f()'],
  ['local x <const> = 1', 'x = 1'],
  ['local function f() local y = 1 return y end', ' function f() local y = 1 return y end'],
  ['local\nx\n= 1', '\nx\n= 1'],
  ['for i = 1, 2 do local z = i end local w = {}', 'for i = 1, 2 do local z = i end w = {}'],
  [
    'if a then local b = 1 else local c end local d',
    'if a then local b = 1 else local c end d = nil',
  ],
  ['local a, -- first\n b = 1, 2', 'a, -- first\n b = 1, 2'],
  ['local --[[c]] q = 7', 'q = 7'],
  ['local x = 1 local f = function() return x end', 'x = 1 f = function() return x end'],
  [
    'local x = 1; local f = function() return x end; local x = 2; print(f())',
    'local x = 1; f = function() return x end; local x = 2; print(f())',
  ],
  ['local n = n + 41', 'n = n + 41'],
  ['repeat local a = 1 until a local b = 2', 'repeat local a = 1 until a b = 2'],
])('%j becomes %j', (source, expected) => {
  expect(persistentLocals(source)).toBe(expected)
})

test.each([
  'x = "local y = 1"',
  "x = 'a\\' local y = 1'",
  'x = [==[ local y = 1 ]] local z ]==]',
  '-- local x = 1',
  '--[[ local x = 1 ]]',
  'local file <close> = open()',
  'x = "a\\z\n local x b"',
  'local type = function(v) return "T" .. type(v) end',
  'mylocal = 1',
  't.localized = 1',
  'do local x = 1 end',
  'local',
  'local 1',
])('%j stays', (source) => {
  expect(persistentLocals(source)).toBe(source)
})

test('a long hostile entry is read in a time that grows with it alone', () => {
  const source = 'local a, '.repeat(20_000)
  expect(persistentLocals(source)).toHaveLength(source.length)
})
