// Standalone ajv validators: code that checks without loading ajv.
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'

const standaloneCode = standalone.default ?? standalone

const KEYWORDS = ['handle', 'stream', 'callback', 'bytes', 'secret', 'permission', 'open']

const ERROR_TYPES = `export interface ValidationError {
  instancePath: string
  schemaPath: string
  keyword: string
  params: Record<string, unknown>
  message?: string
  data?: unknown
  parentSchema?: Record<string, unknown>
}

export interface Validator {
  (value: unknown): boolean
  errors?: ValidationError[] | null
}
`

/** For one validator: export default validate. */
export const VALIDATE_TYPES = `${ERROR_TYPES}
declare const validate: Validator
export { validate }
export default validate
`

/** For a script module: from "function" or "Handle.method" to the check of the arguments as an object by name. */
export const MODULE_TYPES = `${ERROR_TYPES}
export declare const validators: Readonly<Record<string, Validator>>
`

function newAjv() {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    // These three refuse honest schemas: a choice of required sets, tuples with optional ends,
    // and a value of several types.
    strictRequired: false,
    strictTuples: false,
    allowUnionTypes: true,
    useDefaults: true,
    // Lengths in UTF-16 units, as JavaScript counts: walking every text by code point is what a start would notice.
    unicode: false,
    logger: false,
    verbose: true,
    code: { source: true, esm: true, lines: true },
  })
  for (const name of KEYWORDS) ajv.addKeyword(`x-${name}`)
  return ajv
}

/** Ajv writes require even as ESM; its helpers are CommonJS, whose default Node wraps. */
function toImports(code) {
  const imports = []
  const body = code
    .replace(/^"use strict";/, '')
    .replace(/const (\w+) = require\("([^"]+)"\)((?:\.\w+)*);/g, (_, name, from, path) => {
      imports.push(`import ${name}_ from '${from.endsWith('.js') ? from : `${from}.js`}'`)
      const rest = path.replace(/^\.default/, '')
      return `const ${name} = (${name}_.default ?? ${name}_)${rest};`
    })
  if (/\brequire\(/.test(body)) throw new Error('a require is left in the code of a validator')
  return [...imports, body.trim()].join('\n') + '\n'
}

/** Validator code for each of a package's schemas; they may name each other by file, { "$ref": "other.json" }. */
export function schemaValidators(schemas) {
  const ajv = newAjv()
  for (const [file, schema] of schemas) ajv.addSchema(schema, file)
  return new Map(
    [...schemas.keys()].map((file) => [file, toImports(standaloneCode(ajv, ajv.getSchema(file)))]),
  )
}

/** What stands where a schema says x-handle, x-stream or x-callback: a marked object. */
const KINDS = { 'x-callback': 'callback', 'x-handle': 'handle', 'x-stream': 'stream' }

function reference(kind, type) {
  const named = kind === 'handle' && typeof type === 'string'
  const properties = { $llmspell: { const: kind }, ...(named ? { type: { const: type } } : {}) }
  return { type: 'object', properties, required: Object.keys(properties) }
}

const NAMED = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas'])
const DATA = new Set(['const', 'enum', 'default', 'examples', 'required'])

/** `base` stands before references to $defs. */
function expand(schema, base) {
  if (Array.isArray(schema)) return schema.map((item) => expand(item, base))
  if (typeof schema !== 'object' || schema === null) return schema
  for (const [macro, kind] of Object.entries(KINDS)) {
    if (macro in schema) return { [macro]: schema[macro], ...reference(kind, schema[macro]) }
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === '$ref' && value.startsWith('#/')) return [key, base + value]
      if (DATA.has(key) || key.startsWith('x-')) return [key, value]
      if (!NAMED.has(key)) return [key, expand(value, base)]
      const inner = Object.entries(value).map(([name, item]) => [name, expand(item, base)])
      return [key, Object.fromEntries(inner)]
    }),
  )
}

function argumentSchema(params, base) {
  const required = params.filter((param) => !param.optional).map((param) => param.name)
  const properties = params.map((param) => [param.name, expand(param.schema ?? {}, base)])
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required,
    additionalProperties: false,
  }
}

/** One file of code with the checks of all functions and methods of a script module. */
export function moduleValidators(module) {
  const ajv = newAjv()
  ajv.addSchema({ $id: 'module', ...expand({ $defs: module.$defs ?? {} }, '') })
  const calls = new Map(Object.entries(module.functions ?? {}))
  for (const [handle, { methods = {} }] of Object.entries(module.handles ?? {})) {
    for (const [method, call] of Object.entries(methods)) calls.set(`${handle}.${method}`, call)
  }
  // Functions that take the same share one check.
  const checks = new Map()
  const table = [...calls].map(([name, { params = [] }]) => {
    const schema = argumentSchema(params, 'module')
    const key = JSON.stringify(schema)
    if (!checks.has(key)) {
      checks.set(key, `check${checks.size}`)
      ajv.addSchema(schema, checks.get(key))
    }
    return `  ${JSON.stringify(name)}: ${checks.get(key)},\n`
  })
  const wanted = Object.fromEntries([...checks.values()].map((check) => [check, check]))
  const code = checks.size > 0 ? standaloneCode(ajv, wanted) : ''
  const body = toImports(code).replace(/^export const (check\d+)/gm, 'const $1')
  return `${body}\nexport const validators = {\n${table.join('')}}\n`
}
