import { describe, expect, test, vi } from 'vitest'
import { record } from '../test/plugins.ts'
import { ConfigSections } from './config.ts'
import { deepFreeze, defaultsOf } from './defaults.ts'
import { AjvSchemas } from './schemas.ts'

const config = {
  type: 'object',
  additionalProperties: false,
  properties: {
    timeout: { type: 'integer', default: 30 },
    tags: { type: 'array', items: { type: 'string' }, default: ['a'] },
    label: { type: 'string', minLength: 1 },
  },
  required: ['timeout'],
}
const plugin = record('web', { config })

function sections(section?: unknown) {
  const schemas = new AjvSchemas()
  const compile = vi.spyOn(schemas, 'compile')
  const plugins = section === undefined ? {} : { web: section }
  return { compile, sections: new ConfigSections({ plugins }, schemas) }
}

describe('a section', () => {
  test.each([undefined, {}])(
    'that is absent or empty has the defaults, without ajv (%j)',
    async (given) => {
      const { compile, sections: all } = sections(given)
      const section = await all.read(plugin)
      expect(section).toEqual({ timeout: 30, tags: ['a'] })
      expect(compile).not.toHaveBeenCalled()
      expect(Object.isFrozen((section as { tags: unknown }).tags)).toBe(true)
    },
  )

  test('of texts and switches that are of their types needs no ajv', async () => {
    const { compile, sections: all } = sections({ label: 'x' })
    expect(await all.read(plugin)).toEqual({ timeout: 30, tags: ['a'], label: 'x' })
    expect(compile).not.toHaveBeenCalled()
    for (const label of [5, ''])
      await expect(sections({ label }).sections.read(plugin)).rejects.toThrow('plugins.web.label')
  })

  test('is checked, filled and copied', async () => {
    const given = { timeout: 5 }
    expect(await sections(given).sections.read(plugin)).toEqual({ timeout: 5, tags: ['a'] })
    expect(given).toEqual({ timeout: 5 })
  })

  test('that breaks its schema names every place at once', async () => {
    const read = sections({ timeout: '30', tags: 'x', labl: 1 }).sections.read(plugin)
    await expect(read).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      hint: "Did you mean 'label'?",
    })
    await expect(read).rejects.toThrow(
      /plugins\.web\.labl.*plugins\.web\.timeout.*plugins\.web\.tags/s,
    )
  })

  test('must be an object, and onFailure can only be ignore', async () => {
    await expect(sections('x').sections.read(plugin)).rejects.toThrow(
      "'plugins.web': expected an object",
    )
    await expect(sections({ onFailure: 'cry' }).sections.read(plugin)).rejects.toThrow(
      'plugins.web.onFailure',
    )
    const ignoring = sections({ onFailure: 'ignore' }).sections
    expect(await ignoring.read(plugin)).toEqual({ timeout: 30, tags: ['a'] })
    expect(ignoring.ignoresFailure('web')).toBe(true)
    expect(sections({}).sections.ignoresFailure('web')).toBe(false)
    const given = sections({ list: [1], none: [], off: false, text: '' }).sections
    const keys = ['list', 'none', 'off', 'text', 'other'].filter((key) => given.gives('web', key))
    expect(keys).toEqual(['list', 'text'])
  })

  test('of a plugin without schema must be empty', async () => {
    const plain = record('web')
    expect(await sections().sections.read(plain)).toEqual({})
    await expect(sections({ a: 1 }).sections.read(plain)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
  })

  test('with a schema file that is not there is a fault of the manifest', async () => {
    const lost = record('web', { config: './none.json' }, { root: import.meta.dirname })
    await expect(sections().sections.read(lost)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
    const outside = record('web', { config: './../package.json' }, { root: import.meta.dirname })
    await expect(sections().sections.read(outside)).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
    })
  })

  test('is always validated by a check, defaults too', async () => {
    const wrong = record('web', { config: { properties: { a: { type: 'string', default: 1 } } } })
    await expect(sections().sections.check(wrong)).rejects.toThrow('plugins.web.a')
    await expect(sections({ a: 1 }).sections.check(record('web'))).rejects.toThrow('no config')
  })
})

describe('defaults', () => {
  test.each([
    [{}, {}],
    [{ properties: { a: { default: 1 }, b: {} } }, { a: 1 }],
    [{ properties: { a: { default: 1 } }, required: ['a'] }, { a: 1 }],
    [{ properties: { a: {} }, required: ['a'] }, undefined],
    [{ anyOf: [{}] }, undefined],
    [{ $ref: '#/$defs/x' }, undefined],
    [{ properties: { a: { default: {}, properties: { b: { default: 1 } } } } }, undefined],
  ])('of %j are %j', (schema, expected) => {
    expect(defaultsOf(schema)).toEqual(expected)
  })

  test('are what ajv fills in', async () => {
    const validate = await new AjvSchemas().compile(config)
    const value = {}
    validate(value)
    expect(defaultsOf(config)).toEqual(value)
  })

  test('are copies', () => {
    const schema = { properties: { a: { default: [1] } } }
    const filled = defaultsOf(schema) as { readonly a: number[] }
    filled.a.push(2)
    expect(schema.properties.a.default).toEqual([1])
  })

  test('are frozen all the way down', () => {
    const value = deepFreeze({ a: [{ b: 1 }], c: null })
    expect(Object.isFrozen(value.a[0])).toBe(true)
  })
})
