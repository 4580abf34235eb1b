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
