import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Tape } from './tape.ts'

const call = (text: string) => ({ module: 'Tool', function: 'execute', args: [text] })
const answer = (text: string) => ({ ok: true, value: text }) as const

test('what is dropped gives its room back, and the entries before it stay whole', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1200 }), { maxLength: 30 }), (sizes) => {
      const tape = new Tape(1000)
      for (const size of sizes) {
        tape.begin('entry')
        tape.answer(tape.ask(call('x'.repeat(size))), answer(''))
        if (!tape.full) continue
        expect(tape.mayDrop).toBe(true)
        tape.drop()
        expect(tape.full).toBe(false)
      }
      tape.cut(0)
      tape.begin('again')
      tape.ask(call('x'.repeat(1000)))
      expect(tape.full).toBe(false)
    }),
  )
})

test('an entry behind one that is not whole can be taken back no more', () => {
  const tape = new Tape(100)
  for (const size of [10, 200, 10]) {
    tape.begin(`${size}`)
    tape.ask(call('x'.repeat(size)))
  }
  expect([tape.full, tape.whole, tape.mayDrop]).toEqual([true, 1, false])
  tape.cut(tape.whole)
  expect([tape.full, tape.entries.length]).toEqual([false, 1])
})

test('an answer stays with the entry that asked', async () => {
  const tape = new Tape()
  tape.begin('one')
  const asked = tape.ask(call('a'))
  tape.begin('two')
  const other = tape.ask(call('b'))
  tape.answer(asked, answer('of a'))
  tape.drop()
  expect(tape.given).toEqual([])
  expect(tape.takeLate()).toEqual([{ call: 0, reply: answer('of a'), after: 1 }])
  const found = tape.orphan(call('b'))
  expect(tape.orphan(call('b'))).toBeUndefined()
  tape.answer(other, answer('of b'))
  expect(await found).toEqual(answer('of b'))
})
