import type { FunctionKind } from '../contracts/script-module.ts'

/** What may stand at one place of a value, in the words of no language yet. */
export type Type =
  | { readonly kind: 'any' | 'text' | 'number' | 'integer' | 'boolean' }
  | { readonly kind: 'null' | 'bytes' | 'nothing' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'map'; readonly value: Type }
  | RecordType
  /** `Agent.Config`: a type or handle of a module. */
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'stream'; readonly chunk: Type; readonly result: Type }
  | CallbackType
  | { readonly kind: 'union'; readonly of: readonly Type[] }

export interface RecordType {
  readonly kind: 'record'
  readonly fields: readonly Field[]
  /** What further keys hold; none without it. */
  readonly rest?: Type
}

export interface CallbackType {
  readonly kind: 'callback'
  /** Any number of any values without it. */
  readonly params?: readonly Param[]
  readonly result: Type
}

export interface Field {
  /** snake_case, or as the user wrote it where `raw`. */
  readonly name: string
  readonly type: Type
  readonly optional: boolean
  readonly doc: string
  /** Data of the user: written alike in every language. */
  readonly raw: boolean
  /** Of a builder: takes two values. */
  readonly pair?: boolean
}

export interface Param {
  readonly name: string
  readonly type: Type
  readonly optional: boolean
  readonly doc: string
  /** Name of the parameter that names the tool whose input this is. */
  readonly tool?: string
}

export interface Example {
  readonly lua: string
  readonly javascript: string
}

export interface ApiFunction {
  readonly name: string
  readonly doc: string
  readonly kind: FunctionKind
  readonly params: readonly Param[]
  readonly result: Type
  readonly errors: readonly string[]
  readonly examples: readonly Example[]
  readonly since?: string
}

/** A type of a module that has a name: a described one, or one that a parameter or result gave its name to. */
export interface NamedType {
  /** Without the module: `Config`. */
  readonly name: string
  readonly type: Type
  readonly doc: string
}

export interface ApiHandle {
  readonly name: string
  readonly doc: string
  readonly fields: readonly Field[]
  readonly methods: readonly ApiFunction[]
  /** What comes of iterating over the handle itself. */
  readonly iterates?: Type
}

export interface ApiBuilder {
  /** Without the module: `Builder`. */
  readonly name: string
  readonly setters: readonly Field[]
  readonly result: Type
}

/** One global, with all its types known. */
export interface ApiModule {
  readonly name: string
  readonly doc: string
  readonly fields: readonly Field[]
  readonly functions: readonly ApiFunction[]
  readonly types: readonly NamedType[]
  readonly handles: readonly ApiHandle[]
  readonly builders: readonly ApiBuilder[]
  /** An unknown name acts as this function with the name before its arguments. */
  readonly fallback?: ApiFunction
}

/** The input of one installed tool. */
export interface ApiTool {
  readonly name: string
  readonly doc: string
  readonly input: Type
}

export interface Api {
  readonly modules: readonly ApiModule[]
  readonly tools: readonly ApiTool[]
}
