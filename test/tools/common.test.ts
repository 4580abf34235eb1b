import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { Schema, ToolDescription, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everyPlugin, sourceHouse } from './house.ts'
import type { SourceHouse } from './house.ts'

let house: SourceHouse
let tools: readonly ToolDescription[]
let root = ''

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'common-'))
  mkdirSync(join(root, 'docs'))
  house = await sourceHouse(everyPlugin())
  tools = (await house.kernel.use('tools')).list()
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

interface Place {
  readonly path: string
  readonly schema: Schema
}

/** Every named place of a schema, and the items of its lists. What is free data has the limit of the whole call. */
function places(schema: Schema, path: string): Place[] {
  const named = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
  const items = schema['items'] as Schema | undefined
  const below = items ? [...named, ['[]', items] as const] : named
  return [{ path, schema }, ...below.flatMap(([key, one]) => places(one, `${path}.${key}`))]
}

const typesOf = ({ type }: Schema): unknown[] => [type].flat()

/** What a text or list of an input may grow to without anybody saying no. */
function uncapped({ name, input }: ToolDescription): string[] {
  const isOpen = ({ schema }: Place): boolean => {
    const types = typesOf(schema)
    if (schema['enum'] !== undefined || schema['const'] !== undefined) return false
    if (types.includes('string') && schema['maxLength'] === undefined) return !isShort(schema)
    return types.includes('array') && schema['maxItems'] === undefined && !isSet(schema)
  }
  return places(input, name)
    .filter(isOpen)
    .map(({ path }) => path)
}

/** A pattern with an end, and nothing in it that repeats without one. */
function isShort({ pattern }: Schema): boolean {
  return typeof pattern === 'string' && /^\^[^*+]*\$$/.test(pattern) && !/,\}/.test(pattern)
}

/** Each of a few words, once. */
function isSet({ uniqueItems, items }: Schema): boolean {
  return uniqueItems === true && (items as Schema | undefined)?.['enum'] !== undefined
}

/** An error, or a failed result, as text. */
async function failure(name: string, params: Value): Promise<string> {
  const run = house.runtime.open({ root, allow: { read: [root], write: [root] } })
  const text = await run.call('Tool', 'execute', [name, params]).then(
    (result) => JSON.stringify((result as { error?: Value }).error ?? null),
    (error: unknown) =>
      JSON.stringify(isSpellError(error) ? toErrorRecord(error) : 'a foreign error'),
  )
  await run.close()
  return text
}

describe('the input of every tool', () => {
  test('is closed, and each text, list and table in it has its most', () => {
    for (const { input } of tools) expect(input).toMatchObject({ additionalProperties: false })
    expect(tools.flatMap(uncapped)).toEqual([])
  })

  test('is refused with a key that nobody knows, all that is wrong told at once', async () => {
    const texts = await Promise.all(
      tools.map(({ name }) => failure(name, { __nobody: 1, nowhere: 2 })),
    )
    const right = /^\{"code":"INPUT_INVALID".*(?:__nobody.*nowhere|nowhere.*__nobody)/
    expect(texts.filter((text) => !right.test(text))).toEqual([])
  })

  test('has a schema of the result beside it, and says what the tool may need', () => {
    const silent = tools.filter(({ output, permissions }) => !output || !permissions)
    expect(silent.map(({ name }) => name)).toEqual([])
  })
})

describe('an error', () => {
  const paths = ['docs/nowhere.txt', 'docs', 'docs/\u0000x', '../outside.txt', '/etc/passwd']

  test('never tells where the folder of the run lies', async () => {
    const telling: string[] = []
    for (const { name, input } of tools) {
      const marked = Object.entries((input['properties'] ?? {}) as Record<string, Schema>)
      const keys = marked.filter(([, schema]) => /read|write/.test(String(schema['x-permission'])))
      for (const [key] of keys) {
        for (const path of paths) {
          const text = await failure(name, { ...sample(input), [key]: path })
          if (text.includes(root)) telling.push(`${name} ${key}=${path}: ${text}`)
        }
      }
    }
    expect(telling).toEqual([])
  })
})

/** Something for each place that has to be filled. */
function sample({ required, properties }: Schema): { readonly [key: string]: Value } {
  const names = (required ?? []) as readonly string[]
  const all = (properties ?? {}) as Record<string, Schema>
  return Object.fromEntries(names.map((key) => [key, sampleOf(all[key]!)]))
}

function sampleOf(schema: Schema): Value {
  const choices = schema['enum'] as readonly Value[] | undefined
  if (choices) return choices[0]!
  if ('default' in schema) return schema['default'] as Value
  const samples: Readonly<Record<string, Value>> = {
    string: 'docs/x',
    integer: 1,
    number: 1,
    boolean: true,
    array: [],
    object: {},
  }
  return samples[String(typesOf(schema)[0])] ?? null
}
