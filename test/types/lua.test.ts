import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import { faults } from '../support/lua-annotations.ts'
import { ROOT } from '../support/root.ts'
import { apiOfHouse } from '../support/script-api.ts'

const TEXT = readFileSync(join(ROOT, 'cli', 'types', 'llmspell.lua'), 'utf8')

let house: House
beforeAll(async () => void (house = await openHouse()))
afterAll(() => house[Symbol.asyncDispose]())

describe('the annotations for scripts', () => {
  test('are Lua', async () => {
    const { value } = await house.lua(`${TEXT}\nreturn type(Agent.create)`)
    expect(value).toBe('function')
  })

  test('have known tags, types that read, and no name that is not declared', () => {
    expect(faults(TEXT)).toEqual([])
  })

  test('name all that scripts can call', () => {
    for (const { name, functions, handles } of apiOfHouse(house).modules) {
      for (const fn of functions) expect(TEXT).toContain(`function ${name}.${fn.name}(`)
      for (const handle of handles) {
        const body = TEXT.slice(TEXT.indexOf(`---@class ${name}.${handle.name}\n`))
        for (const fn of handle.methods) expect(body).toContain(`function handle:${fn.name}(`)
      }
    }
  })

  test('know the tools by all their names', () => {
    for (const name of ['calculator', 'file_read', "['file-read']"]) {
      expect(TEXT).toMatch(
        new RegExp(`^---@field ${name.replaceAll(/[[\]]/g, '\\$&')} fun\\(`, 'm'),
      )
    }
  })
})

describe('the checker', () => {
  test.each([
    ['---@clas X', 'an unknown tag'],
    ['---@param x Missing', "'Missing' is not declared"],
    ['---@return { a: string', "'}' expected"],
    ['---@param fun(x)', 'a wrong form'],
    ['---@return table<string, string', "'>' expected"],
    ['---@field a? string|', 'a type is missing'],
  ])('sees %s', (line, said) => {
    expect(faults(line).map(({ text }) => text)).toEqual([expect.stringContaining(said)])
  })

  test.each(['---@return (string|fun(a: integer, b?: string[]): boolean)[] what it gives'])(
    'passes %s',
    (line) => expect(faults(line)).toEqual([]),
  )
})
