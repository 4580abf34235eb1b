import { didYouMean, SpellError } from '@llmspell/sdk'
import type {
  Awaitable,
  GrantLayer,
  HandleRef,
  HostCall,
  NestedCall,
  ScriptModule,
  Value,
} from '@llmspell/sdk'
import { References } from './references.ts'

/** The run that calls a script plugin: its calls go through the same door, under the same budget, hooks and audit. */
export interface Caller {
  call(
    module: string,
    fn: string,
    args: readonly never[],
    options?: Pick<NestedCall, 'grant' | 'handle' | 'signal'>,
  ): Promise<unknown>
}

/** Serves the methods of one handle. */
export type Method = (name: string, args: HostCall['args']) => Awaitable<Value | void>

/** What a script plugin is called for. */
export interface Visit {
  readonly caller?: Caller
  /** What the plugin may do in this call at most. */
  readonly grants: readonly GrantLayer[]
  readonly signal: AbortSignal
  /** Methods of the handles that the host gave with the call, by id. */
  readonly own?: ReadonlyMap<string, Method>
  /** Takes what is printed. */
  readonly write: (text: string) => void
  /** Takes what is logged where there is no run. */
  readonly log: (level: string, message: string) => void
}

/** The only way out of a script plugin while it is called: into the run that calls it, under the rights of both. */
export class Door {
  readonly #visit: Visit
  readonly #modules: readonly ScriptModule[]
  readonly #references = new References()

  constructor(visit: Visit, modules: readonly ScriptModule[]) {
    this.#visit = visit
    this.#modules = modules
  }

  write(text: string): void {
    this.#visit.write(text)
  }

  async pass(call: HostCall): Promise<Value | object | undefined> {
    const { own, caller, grants, signal, log } = this.#visit
    const mine = call.handle === undefined ? undefined : own?.get(call.handle)
    if (mine) return (await mine(call.function.split('.')[1] ?? '', call.args)) ?? undefined
    this.#check(call)
    if (!caller) {
      if (call.module !== 'Log') throw noRun(call)
      log(call.function, textOf(call.args[0]))
      return undefined
    }
    const args = call.args.map((arg) => this.#references.meant(arg)) as never[]
    const handle = call.handle === undefined ? {} : { handle: this.#handle(call.handle) }
    const given = await caller.call(call.module, call.function, args, {
      grant: grants,
      signal,
      ...handle,
    })
    return this.#references.shown(given)
  }

  #handle(id: string): HandleRef {
    return this.#references.of(id) as HandleRef
  }

  /** A guest may have sent anything. */
  #check({ module: name, function: fn }: HostCall): void {
    if (name === 'Stream') return
    const module = this.#modules.find((one) => one.name === name)
    if (!module) throw notIts(name, this.#modules)
    const [handle, method] = fn.split('.')
    const table = method === undefined ? module.functions : module.handles?.[handle!]?.methods
    const key = method ?? fn
    const known = table && Object.hasOwn(table, key) && !table[key]!.hidden
    if (!known) throw noSuch(name, fn)
  }
}

/** A line of the log, whatever a guest sent. */
export function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function notIts(name: string, modules: readonly ScriptModule[]): SpellError {
  const names = modules.map((module) => module.name)
  const otherwise = "Name its service under 'requires' of the header."
  const text = `A script plugin has no module '${name}'.`
  return new SpellError('SCRIPT_PLUGIN_REFUSED', text, { hint: didYouMean(name, names, otherwise) })
}

function noSuch(module: string, fn: string): SpellError {
  return new SpellError('FUNCTION_UNKNOWN', `A script plugin cannot call '${module}.${fn}'.`)
}

function noRun({ module, function: fn }: HostCall): SpellError {
  const text = `A hook of a script plugin cannot call '${module}.${fn}': it has no run of its own.`
  return new SpellError('SCRIPT_PLUGIN_REFUSED', text, {
    hint: 'Do it in a tool, or name the script under plugins.hooks.scripts, where it has rights of its own.',
  })
}
