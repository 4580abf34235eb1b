import { isSpellError, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { Chunk, Evaluation, ScriptSession, SessionOptions, Value, Where } from '@llmspell/sdk'
import { Arena, wholeSize } from './arena.ts'
import { BUILT_IN } from './builtins.ts'
import { Evaluator } from './evaluate.ts'
import { Frame, textOf, type Item } from './items.ts'
import type { Steps } from './machine.ts'
import { Outside } from './outside.ts'
import { read, SyntaxFault } from './reader.ts'
import { SPECIAL } from './special.ts'

/** One isolated state: the names that its scripts have defined. */
export class Session implements ScriptSession {
  readonly #options: SessionOptions
  readonly #outside: Outside
  readonly #arena: Arena
  readonly #globals = new Frame()
  readonly #closed = Promise.withResolvers<never>()
  #lost: Error | undefined
  #open = true

  constructor(options: SessionOptions) {
    this.#options = options
    this.#outside = new Outside(options)
    this.#arena = new Arena(options.limits.memoryBytes)
    this.#closed.promise.catch(() => undefined)
    this.#globals.items.set('ARGS', [...options.facts.args])
  }

  async run({ source, file }: Chunk): Promise<Value | undefined> {
    return this.#out(await this.#body(source, file))
  }

  async evaluate(line: string, where?: Where): Promise<Evaluation> {
    try {
      const item = await this.#body(line, where?.file ?? 'repl')
      const text = item === undefined ? '' : textOf(item)
      return { status: 'value', values: [this.#shown(item)], text }
    } catch (error) {
      if (error instanceof SyntaxFault && error.incomplete) return { status: 'incomplete' }
      return { status: 'error', error: toErrorRecord(error) }
    }
  }

  complete(text: string): readonly string[] {
    const [word = ''] = /[^\s()[\]{}"]*$/.exec(text) ?? []
    const { modules } = this.#options
    const [module = ''] = word.split('.')
    const own = [
      ...this.#globals.items.keys(),
      ...Object.keys(BUILT_IN),
      'fn',
      ...Object.keys(SPECIAL),
    ]
    const inside = word.includes('.') && modules.includes(module)
    const names = inside ? this.#outside.names(module) : [...own, 'print', 'write', ...modules]
    return names.filter((name) => name.startsWith(word))
  }

  async invoke(id: number, args: readonly (Value | undefined)[]): Promise<Value | undefined> {
    const fn = this.#outside.function(id)
    const evaluator = this.#evaluator('a function of the script')
    // What is more than a function takes is left out, as in the other languages.
    return this.#out(await this.#drive(evaluator.call(fn, args.slice(0, fn.params.length))))
  }

  release(id: number): void {
    this.#outside.release(id)
  }

  memory(): number {
    return this.#open ? this.#arena.bytes : 0
  }

  async close(): Promise<void> {
    this.#open = false
    this.#lost ??= new SpellError('CANCELLED', 'The session was closed.')
    this.#globals.items.clear()
    this.#closed.reject(this.#lost)
  }

  #body(source: string, file: string): Promise<Item> {
    const forms = this.#inside(() => read(source, file))
    return this.#drive(this.#evaluator(file).body(forms, this.#globals))
  }

  #evaluator(file: string): Evaluator {
    const options = this.#options
    return new Evaluator(file, {
      arena: this.#arena,
      modules: options.modules,
      field: (module, name) => options.field(module, name),
      iterates: (handle) => this.#outside.iterates(handle),
    })
  }

  /** The steps of a script run inside; what it waits for does not. */
  async #drive(steps: Steps): Promise<Item> {
    let step = this.#inside(() => steps.next())
    while (!step.done) {
      const wish = step.value
      const answer = await this.#answer(() => this.#outside.fulfil(wish))
      step = this.#inside(() =>
        'error' in answer ? steps.throw(answer.error) : steps.next(answer.item),
      )
    }
    return step.value
  }

  /** A failure of the host is thrown in the script, where it can be caught. */
  async #answer(
    ask: () => Item | Promise<Item>,
  ): Promise<{ readonly item: Item } | { readonly error: unknown }> {
    try {
      const item = await Promise.race([ask(), this.#closed.promise])
      this.#arena.room(wholeSize(item))
      return { item }
    } catch (error) {
      return { error }
    }
  }

  #out(item: Item): Value | undefined {
    return item === undefined ? undefined : this.#outside.outgoing(item, 'result')
  }

  #shown(item: Item): Value | undefined {
    try {
      return this.#out(item)
    } catch {
      return undefined
    }
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
}
