import type { Schema, ScriptFunction, ScriptModule } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { secretNames } from './secrets.ts'

const secret = { type: 'string', 'x-secret': true }

function names(schema: Schema, $defs: Readonly<Record<string, Schema>> = {}): string[] {
  const fn: ScriptFunction = { doc: '', params: [{ name: 'config', schema }] }
  const module: ScriptModule = { name: 'M', version: '1', doc: '', functions: { fn }, $defs }
  return [...secretNames(module, fn)].sort()
}

test('a marked key is found, also behind references, choices and lists', () => {
  const model = { anyOf: [{ type: 'string' }, { type: 'object', properties: { api_key: secret } }] }
  const config = { type: 'object', properties: { token: secret, model: { $ref: '#/$defs/Model' } } }
  expect(names(config, { Model: model })).toEqual(['api_key', 'token'])
  expect(names({ type: 'object', properties: { all: { type: 'array', items: model } } })).toEqual([
    'api_key',
  ])
})

test('a marked parameter is found by its own name', () => {
  expect(names(secret)).toEqual(['config'])
  expect(names({ $ref: '#/$defs/Key' }, { Key: secret })).toEqual(['config'])
})

test('schemas that name themselves end', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/Node' }, pin: secret } }
  expect(names({ $ref: '#/$defs/Node' }, { Node: node })).toEqual(['pin'])
})
