import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { residentFor } from './resident.ts'

test('V8 takes no switches any more once the process runs', () => {
  const { program, args } = residentFor('guest', { folders: [], links: {} }, 64, false)
  const switched = (code: string): string => {
    const whole = [...args.slice(0, -1), '--print', code]
    return spawnSync(program, whole, { env: {}, encoding: 'utf8' }).stdout.trim()
  }
  expect(switched('1')).toBe('1')
  expect(switched("require('node:v8').setFlagsFromString('--trace-turbo')")).not.toBe('undefined')
})
