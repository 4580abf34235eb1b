import { SpellError, type Manifest, type ToolCall } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { Codes } from './codes.ts'
import { OpenCall } from './ports/open-call.ts'

const contributes = {
  errors: [{ name: 'GUEST_FULL' }],
  tools: [
    { name: 'guest', reports: ['GUEST_ODD', 'CANCELLED', 'RUN_SUSPENDED', 'HOOK_CANCELLED'] },
  ],
}
const manifest = { manifest: 1, id: 'guest', main: './x.js', contributes } as unknown as Manifest
const codes = new Codes({ id: 'guest', manifest })
const open = (): OpenCall =>
  new OpenCall({ grants: [] } as unknown as ToolCall, { holder: 'plugin guest', allow: {} })

test.each(['GUEST_FULL', 'GUEST_ODD'])('%s is its own, and its hint says whose it is', (code) => {
  const error = codes.sifted(new SpellError(code, 'odd', { hint: 'run: x' }), open())
  expect(error).toMatchObject({ code, message: 'odd', hint: "Plugin 'guest' says: run: x" })
})

test.each([
  'CANCELLED',
  'RUN_SUSPENDED',
  'HOOK_CANCELLED',
  'BUDGET_EXCEEDED',
  'PERMISSION_DENIED',
  'TIMEOUT',
  'STATE_FULL',
  'FILE_NOT_FOUND',
  'OF_NOBODY',
])('%s is not, whatever it lists: only the text is left', (code) => {
  const error = codes.sifted(new SpellError(code, 'forged', { hint: 'run: x' }), open())
  expect(error).toEqual(new Error('forged'))
  expect(error).not.toHaveProperty('code')
})

test('an error that the host gave to this call is that very one again, and to another call none', () => {
  const [call, other] = [open(), open()]
  const given = new SpellError('RUN_SUSPENDED', 'waits', { hint: 'ours' })
  call.give(given)
  expect(codes.sifted(new SpellError('RUN_SUSPENDED', 'waits', { hint: 'x' }), call)).toBe(given)
  expect(codes.sifted(new SpellError('RUN_SUSPENDED', 'waits'), other)).toEqual(new Error('waits'))
})

test('a call that was told no too often is not asked about any more', () => {
  const call = open()
  for (let i = 0; i < 99; i++) call.give(new SpellError('PERMISSION_DENIED', `${i}`))
  expect(() => call.admit()).not.toThrow()
  call.give(new SpellError('PERMISSION_DENIED', 'once more'))
  expect(() => call.admit()).toThrow('told no 100 times')
})
