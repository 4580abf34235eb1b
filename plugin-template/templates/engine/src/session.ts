import { isSpellError, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { Chunk, Evaluation, ScriptSession, SessionOptions } from '@llmspell/sdk'
import { carryOut, visible } from './calls.ts'
import { evaluate, textOf, type Result, type Scope, type Steps } from './evaluate.ts'
import { parse } from './parser.ts'
import { SyntaxFault, type Statement } from './syntax.ts'

/** What an empty session is said to hold. */
const BASE_BYTES = 1024

/** One isolated state: the names that a script has set. */
export class Session implements ScriptSession {
  readonly #options: SessionOptions
  readonly #variables = new Map<string, Result>()
  readonly #closed = Promise.withResolvers<never>()
  readonly #scope: Scope
  #lost: Error | undefined
  #open = true

  constructor(options: SessionOptions) {
    this.#options = options
    this.#closed.promise.catch(() => undefined)
    this.#scope = {
      variables: this.#variables,
      modules: options.modules,
      field: (module, name) => options.field(module, name),
      measured: (value) => this.#measured(value),
    }
    this.#variables.set('ARGS', [...options.facts.args])
  }

  async run({ source, file }: Chunk): Promise<Result> {
    const statements = this.#inside(() => parse(source, file))
    for (const statement of statements) {
      const value = await this.#carryOut(statement, file)
      if (statement.target === 'return') return value
    }
    return undefined
  }

  async evaluate(line: string): Promise<Evaluation> {
    try {
      let value: Result
      for (const statement of this.#inside(() => parse(line, 'entry')))
        value = await this.#carryOut(statement, 'entry')
      return { status: 'value', values: [value], text: value === undefined ? '' : textOf(value) }
    } catch (error) {
      if (error instanceof SyntaxFault && error.incomplete) return { status: 'incomplete' }
      return { status: 'error', error: toErrorRecord(error) }
    }
  }

  complete(text: string): readonly string[] {
    const { modules } = this.#options
    const [word = ''] = /[\w.]*$/.exec(text) ?? []
    const [module = '', ...rest] = word.split('.')
    const names = [...this.#variables.keys(), ...modules, 'print', 'write', 'fail']
    if (rest.length === 0) return names.filter((name) => name.startsWith(word))
    if (!modules.includes(module)) return []
    const whole = visible(this.#options.describe(module)).map((name) => `${module}.${name}`)
    return whole.filter((name) => name.startsWith(word))
  }

  /** Scripts of this language make no functions. */
  invoke(callback: number): Promise<never> {
    const text = `There is no function with the number ${callback}.`
    return Promise.reject(new SpellError('INPUT_INVALID', text))
  }

  release(): void {}

  memory(): number {
    if (!this.#open) return 0
    return [...this.#variables.values()].reduce<number>(
      (sum, value) => sum + sizeOf(value),
      BASE_BYTES,
    )
  }

  async close(): Promise<void> {
    this.#open = false
    this.#variables.clear()
    this.#closed.reject(new SpellError('CANCELLED', 'The session was closed.'))
  }

  async #carryOut({ node, target, line }: Statement, file: string): Promise<Result> {
    try {
      const value = await Promise.race([
        this.#drive(evaluate(node, this.#scope)),
        this.#closed.promise,
      ])
      if (target !== undefined && target !== 'return') this.#variables.set(target, value)
      this.#measured(undefined)
      return value
    } catch (error) {
      throw placed(error, file, line)
    }
  }

  /** Each step of the script runs inside; what it waits for does not. */
  async #drive(steps: Steps): Promise<Result> {
    let step = this.#inside(() => steps.next())
    while (!step.done) {
      const answer = await carryOut(step.value, this.#options)
      step = this.#inside(() => steps.next(answer))
    }
    return step.value
  }

  #inside<T>(fn: () => T): T {
    if (this.#lost !== undefined) throw this.#lost
    try {
      return this.#options.enter(fn)
    } catch (error) {
      if (isSpellError(error) && error.code === 'SESSION_KILLED') this.#lost = error
      throw error
    }
  }

  #measured(value: Result): Result {
    const { memoryBytes } = this.#options.limits
    if (this.memory() + sizeOf(value) <= memoryBytes) return value
    throw new SpellError('MEMORY_LIMIT', `The script needs more than ${memoryBytes} bytes.`)
  }
}

/** Bytes, near enough for a limit. */
function sizeOf(value: Result): number {
  if (typeof value === 'string') return value.length * 2
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.length
  return Object.entries(value).reduce((sum, [key, part]) => sum + key.length * 2 + sizeOf(part), 16)
}

function placed(error: unknown, file: string, line: number): unknown {
  if (!isSpellError(error) || error.where || error.code === 'SESSION_KILLED') return error
  const { code, message, hint, details, cause } = error
  return new SpellError(code, message, { hint, details, cause, where: { file, line } })
}
