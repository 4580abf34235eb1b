import { describe, expect, test } from 'vitest'
import { findFault } from './schema-faults.ts'
import { AjvSchemas } from './schemas.ts'

describe('schemas made at run time', () => {
  test('are compiled, and say all that is wrong with a value', async () => {
    const validate = await new AjvSchemas().compile({
      type: 'object',
      properties: { a: { type: 'integer' }, b: { $ref: '#/$defs/text' } },
      $defs: { text: { type: 'string' } },
    })
    expect(validate({ a: 1, b: 'x' })).toBe(true)
    expect(validate({ a: 'x', b: 1 })).toBe(false)
    expect(validate.errors).toHaveLength(2)
  })

  test('are compiled once for one object', async () => {
    const schemas = new AjvSchemas()
    const schema = { type: 'string' }
    expect(await schemas.compile(schema)).toBe(await schemas.compile(schema))
    expect(await schemas.compile({ ...schema })).not.toBe(await schemas.compile(schema))
  })

  test('may have the same $id', async () => {
    const schemas = new AjvSchemas()
    await schemas.compile({ $id: 'same', type: 'string' })
    const second = await schemas.compile({ $id: 'same', type: 'number' })
    expect(second(1)).toBe(true)
  })

  test('fill defaults into the value', async () => {
    const validate = await new AjvSchemas().compile({ properties: { a: { default: 1 } } })
    const value = {}
    validate(value)
    expect(value).toEqual({ a: 1 })
  })

  test.each([
    [{ type: 'strin' }, '#/type'],
    [{ properties: { a: { required: 'b' } } }, '#/properties/a/required'],
    [{ anyOf: [{ pattern: '(' }] }, '#/anyOf/0/pattern'],
    [{ $ref: 'https://example.com/x.json' }, '#/$ref'],
    [{ items: { $ref: 'other.json' } }, '#/items/$ref'],
    [{ $defs: { a: 7 } }, '#/$defs/a'],
    [{ properties: [] }, '#/properties'],
    [{ oneOf: {} }, '#/oneOf'],
    [{ minimum: '1' }, '#/minimum'],
    [{ enum: [] }, '#/enum'],
    [{ $async: true }, '#/$async'],
  ])('%j is refused at %s', async (schema, path) => {
    const compiled = new AjvSchemas().compile(schema)
    await expect(compiled).rejects.toMatchObject({
      code: 'SCHEMA_INVALID',
      message: expect.stringContaining(`'${path}'`),
    })
  })

  test('with a reference to nothing are refused', async () => {
    await expect(new AjvSchemas().compile({ $ref: '#/$defs/none' })).rejects.toMatchObject({
      code: 'SCHEMA_INVALID',
    })
  })

  test('may have data that looks like a schema', () => {
    expect(
      findFault({ const: { type: 'x' }, default: { $ref: 'x' }, examples: [{ enum: 1 }] }),
    ).toBeUndefined()
    expect(findFault(true)).toBeUndefined()
  })
})

describe('hostile schemas', () => {
  const compile = (schema: object) => new AjvSchemas().compile(schema)
  const refused = (text: string) => ({
    code: 'SCHEMA_INVALID',
    message: expect.stringContaining(text),
  })
  /** Milliseconds at work: the clock of a busy machine says nothing. */
  const took = (work: () => unknown): number => {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1000
  }

  test('with a pattern that goes back answer at once', async () => {
    const text = `${'a'.repeat(40)}!`
    const value = await compile({ pattern: '^(a+)+$' })
    const key = await compile({ patternProperties: { '^(a+)+$': false } })
    expect(took(() => expect(value(text)).toBe(false))).toBeLessThan(50)
    expect(took(() => expect(key({ [text]: 1 })).toBe(true))).toBeLessThan(50)
    expect(value('aaa')).toBe(true)
    expect(key({ aaa: 1 })).toBe(false)
  })

  test.each(['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>'])(
    'with the pattern %s are refused by its name',
    async (pattern) => {
      await expect(compile({ pattern })).rejects.toMatchObject(refused(pattern))
      const key = compile({ patternProperties: { [pattern]: true } })
      await expect(key).rejects.toMatchObject(refused(pattern))
    },
  )

  test('with a pattern longer than 1 KiB are refused', async () => {
    const pattern = 'a'.repeat(1025)
    await expect(compile({ pattern })).rejects.toMatchObject(refused('1,024'))
    const key = compile({ patternProperties: { [pattern]: true } })
    await expect(key).rejects.toMatchObject(refused('1,024'))
    expect((await compile({ pattern: 'a'.repeat(1024) }))('a')).toBe(false)
  })

  test('with unique items look at each once', async () => {
    const validate = await compile({ uniqueItems: true })
    const items = Array.from({ length: 60_000 }, (_, id) => ({ id }))
    expect(took(() => expect(validate(items)).toBe(true))).toBeLessThan(500)
  })

  test.each([
    [[1, '1', true, 'true', null, 'null', [1], ['1'], {}, []], true],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      false,
    ],
    [[[{ a: [] }], [{ a: [] }]], false],
    [['a,b', 'a', 'b'], true],
    [[0, -0], false],
  ])('unique items: %j: %j', async (items, expected) => {
    const validate = await compile({ properties: { x: { uniqueItems: true } } })
    expect(validate({ x: items })).toBe(expected)
    if (expected) return
    expect(validate.errors).toMatchObject([
      { keyword: 'uniqueItems', instancePath: '/x', params: { i: 1, j: 0 }, data: items },
    ])
  })

  test('unique items that are not wanted are not asked for', async () => {
    expect((await compile({ uniqueItems: false }))([1, 1])).toBe(true)
  })

  const levels = (count: number, refer: (name: string) => object) => {
    const names = Array.from({ length: count }, (_, level) => `l${level}`)
    const double = (name: string) => ({ allOf: [refer(name), refer(name)] })
    const defs = names.map((name, level) => [name, { $anchor: name, ...double(`l${level + 1}`) }])
    const last = { $anchor: `l${count}`, type: 'string' }
    return { ...refer('l0'), $defs: { ...Object.fromEntries(defs), [`l${count}`]: last } }
  }

  test.each([
    ['pointers', (name: string) => ({ $ref: `#/$defs/${name}` })],
    ['escaped pointers', (name: string) => ({ $ref: `#/%24defs/${name}` })],
    ['anchors', (name: string) => ({ $ref: `#${name}` })],
  ])('that double 30 times by %s are refused', async (_, refer) => {
    await expect(compile(levels(30, refer))).rejects.toMatchObject(refused('10000 parts'))
    expect((await compile(levels(5, refer)))(1)).toBe(false)
  })

  test('that double 30 times by dynamic references are refused', async () => {
    const schema = levels(30, (name) => ({ $dynamicRef: `#${name}` }))
    await expect(compile(schema)).rejects.toMatchObject(refused('10000 parts'))
  })

  test.each(['#/$defs/a%2Fb', '#/$defs/a%252fb', '#/$defs/%', '#none'])(
    'that refer to %s are refused',
    async ($ref) => {
      const schema = { $ref, $defs: { 'a/b': true, a: { b: true } } }
      await expect(compile(schema)).rejects.toMatchObject({ code: 'SCHEMA_INVALID' })
    },
  )

  test('that name another base below the root are refused', async () => {
    await expect(compile({ items: { $id: 'x' } })).rejects.toMatchObject(refused("'$id'"))
  })

  test('that refer to themselves are none', async () => {
    const validate = await compile({ properties: { next: { $ref: '#' } }, required: ['v'] })
    expect(validate({ v: 1, next: { v: 2 } })).toBe(true)
    expect(validate({ v: 1, next: {} })).toBe(false)
  })
})
