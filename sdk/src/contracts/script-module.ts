import type { Awaitable } from '../hooks.ts'
import type { Schema, Validator } from '../validation.ts'
import type { HandleRef, StreamRef, Value } from '../values.ts'
import type { StepEffect } from './journal.ts'
import type { CallContext } from './call-context.ts'

/**
 * How a function travels. `call`: through the whole pipeline, journaled. `notify`: one way, no answer.
 * `local`: never leaves the engine.
 */
export type FunctionKind = 'call' | 'notify' | 'local'

export interface ScriptParam {
  /** snake_case; the mapping to other languages is mechanical. */
  readonly name: string
  readonly schema: Schema
  readonly optional?: boolean
  readonly doc?: string
  /** Name of the parameter that names a tool: this one is that tool's input. */
  readonly tool?: string
}

export interface ScriptFunction {
  /** Default `call`. */
  readonly kind?: FunctionKind
  /**
   * What a durable run does with it. `pure`, `idempotent`, `unsafe`: a finished call is answered by the journal and does not run
   * again. `composed`: it holds objects or functions of the run and is made of further calls and steps; it runs again on resume.
   * Default `unsafe`.
   */
  readonly effect?: StepEffect
  readonly doc: string
  readonly params: readonly ScriptParam[]
  readonly result?: Schema
  /** Codes beside those that any call can raise. */
  readonly errors?: readonly string[]
  readonly examples?: readonly { readonly lua: string; readonly javascript: string }[]
  readonly since?: string
  /** Reached through the door by plugins only; scripts do not see it. */
  readonly hidden?: boolean
  /** Permissions that the door checks before the handler: the target is the text of one parameter. */
  readonly needs?: readonly { readonly permission: string; readonly param: string }[]
  /** For `local`: a chain of setters ending in one call. */
  readonly builder?: ScriptBuilder
}

/**
 * A builder as data. Each method takes one value, stores it, and returns the builder; `build` calls
 * the module's function `call` with the collected table.
 */
export interface ScriptBuilder {
  readonly call: string
  /**
   * Method name to the place it sets: `max_steps` → `budget.max_steps`. Keys of the option table name themselves. Called
   * without a value it sets true; with two, `keys` are what they stand under.
   */
  readonly methods: Readonly<
    Record<
      string,
      {
        readonly path: string
        readonly append?: boolean
        readonly keys?: readonly [string, string]
      }
    >
  >
}

export interface ScriptHandle {
  readonly doc: string
  readonly fields?: Readonly<Record<string, Schema>>
  readonly methods: Readonly<Record<string, ScriptFunction>>
  /** The method whose stream a language reads that iterates over the handle itself: `for await (const event of subscription)`. */
  readonly iterates?: string
}

/** A script module as data: one global in every language. */
export interface ScriptModule {
  /** PascalCase in every language. */
  readonly name: string
  readonly version: string
  readonly doc: string
  readonly functions: Readonly<Record<string, ScriptFunction>>
  /** An unknown field F of the module acts as a function that calls this one with F before its own arguments. */
  readonly fallback?: string
  readonly handles?: Readonly<Record<string, ScriptHandle>>
  /** Facts that can be read without a call, such as `Run.id`. */
  readonly fields?: Readonly<Record<string, Schema>>
  readonly $defs?: Readonly<Record<string, Schema>>
}

/** Item of the point `script-modules`. */
export interface ScriptModuleItem {
  readonly name: string
  readonly doc: string
  /** True for a module that scripts get no global of. */
  readonly hidden?: boolean
  /** The description: inline or `./path.json`. */
  readonly module: ScriptModule | string
}

/** What a handler of one function gets. */
export interface ScriptCall<Args extends readonly unknown[] = readonly unknown[]> {
  /** Checked against the schemas, defaults filled; callbacks are functions, handles are HandleRefs. */
  readonly args: Args
  /** For a method: the object that was registered with the handle. */
  readonly self?: unknown
  readonly context: CallContext
}

/** A callback of the script as the host calls it. @throws the script's error as SpellError; TIMEOUT */
export interface HostCallback {
  (...args: readonly Value[]): Promise<Value>
  /** The key of its last argument at which it takes a `GrownTable`; absent: the table itself. */
  readonly keeps?: string
}

export type ScriptHandler = (
  call: ScriptCall<never>,
) => Awaitable<Value | HandleRef | StreamRef | undefined | object>

/** Value of the point `script-modules`: one handler per function, methods as `Handle.method`. */
export interface ScriptModuleHandlers {
  readonly functions: Readonly<Record<string, ScriptHandler>>
  /** Compiled checks of the arguments as an object by parameter name. Missing ones are compiled on first call. */
  readonly validators?: Readonly<Record<string, Validator>>
}

declare module '../extensions.ts' {
  interface Extensions {
    'script-modules': ScriptModuleHandlers
  }
}
