import { openEngineHost } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import { engine } from './engine.ts'

const run = async (source: string, memoryBytes = 1_000_000): Promise<unknown> => {
  const host = await openEngineHost(engine, 'a.lisp', { memoryBytes })
  return host.run(source)
}

test.each([
  ['(+ 2 (* 3 4)) ; not more', 14],
  ['(- 1)', -1],
  ['(rem 17 5)', 2],
  ['(if false 1)', undefined],
  ['(if null 1 2)', 2],
  ['(< 1 2 3)', true],
  ['(= [1 {:a 2}] [1 {:a 2}])', true],
  ['(text "a" 1 [2])', 'a1[2]'],
  ['(def fact (fn (n) (if (< n 2) 1 (* n (fact (- n 1)))))) (fact 10)', 3_628_800],
  ['(def counter (fn () (let (n 0) (fn () (set n (+ n 1)) n)))) (def c (counter)) (c) (c)', 2],
  ['(each (n (range 0 6)) (if (> n 2) (* n n)))', [9, 16, 25]],
  ['(let (m {:a {:b 1}}) (get (put m :c 2) :c))', 2],
  ['(join [1] [] [2 3])', [1, 2, 3]],
  ['(try (fail "no") (fn (e) e.code))', 'SCRIPT_ERROR'],
  ['"two\nlines"', 'two\nlines'],
])('%s', async (source, expected) => {
  expect(await run(source)).toEqual(expected)
})

test.each([
  ['(def f (fn (n) (f n))) (f 1)', 'SCRIPT_ERROR'],
  ['(f', 'SCRIPT_SYNTAX'],
  ['{:a}', 'SCRIPT_SYNTAX'],
  ['"\\x"', 'SCRIPT_SYNTAX'],
  ['('.repeat(1000), 'SCRIPT_SYNTAX'],
  ['()', 'SCRIPT_ERROR'],
  ['(1 2)', 'SCRIPT_ERROR'],
  ['((fn (a) a) 1 2)', 'SCRIPT_ERROR'],
  ['(set nowhere 1)', 'SCRIPT_ERROR'],
  ['(+ 1 "2")', 'SCRIPT_ERROR'],
  ['(range 0 1e12)', 'SCRIPT_ERROR'],
  ['(fn () 1)', 'VALUE_UNSUPPORTED'],
  ['(each (n (range 0 1000000)) (text n))', 'MEMORY_LIMIT'],
])('%s fails with %s', async (source, code) => {
  await expect(run(source)).rejects.toMatchObject({ code })
})

test('what a call needs is given back, what a function keeps is not', async () => {
  const loop = '(def n 0) (def up (fn (a b) (+ a b))) (while (< n 20000) (set n (up n 1))) n'
  expect(await run(loop, 10_000)).toBe(20_000)
  const kept = '(def n 0) (while (< n 20000) (let (a n) (fn () a) (set n (+ n 1))))'
  await expect(run(kept, 10_000)).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
})
