import type { Contribution, EngineItem } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { pickEngine } from './engine.ts'

const engine = (
  name: string,
  language: string,
  extensions: string[],
): Contribution<EngineItem> => ({
  point: 'engines',
  name,
  plugin: `engine-${name}`,
  item: { name, language, version: '1', extensions, inline: true },
})
const ALL = [engine('lua', 'lua', ['.lua']), engine('quick', 'javascript', ['.js', '.mjs'])]

test('by ending, by name, by language', () => {
  expect(pickEngine(ALL, 'a/b.LUA', undefined).name).toBe('lua')
  expect(pickEngine(ALL, 'b.mjs', undefined).name).toBe('quick')
  expect(pickEngine(ALL, 'b.lua', 'quick').name).toBe('quick')
  expect(pickEngine(ALL, 'b.lua', 'javascript').name).toBe('quick')
})

test('without an ending it is the configured one, else lua', () => {
  expect(pickEngine(ALL, '(exec)', undefined).name).toBe('lua')
  expect(pickEngine(ALL, '(exec)', undefined, 'javascript').name).toBe('quick')
})

test('an unknown one lists the installed', () => {
  expect(() => pickEngine(ALL, 'x.py', undefined)).toThrow(
    "No engine takes '.py' files such as 'x.py'. Installed: lua (.lua), quick (.js, .mjs).",
  )
  expect(() => pickEngine(ALL, 'x.lua', 'luaa')).toThrow(
    expect.objectContaining({ code: 'ENGINE_UNKNOWN', hint: "Did you mean 'lua'?" }),
  )
})
