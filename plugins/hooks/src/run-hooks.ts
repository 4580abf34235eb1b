import { SpellError } from '@llmspell/sdk'
import type { CallContext, HostCallback, Logger, ScriptRuntime } from '@llmspell/sdk'
import type { Asking } from './asking.ts'
import type { Points } from './points.ts'
import { Registration } from './registration.ts'
import type { Options, Owner } from './registration.ts'
import type { Registrations } from './registry.ts'
import type { HookScript, HookScripts } from './scripts.ts'

/** Time for the notices that wait when a run ends. */
const REST_MS = 5000
const KEY = 'hooks'
/** Kinds that tell what has happened, with the time it took: a replay has nothing to tell. */
const TELLING: ReadonlySet<string> = new Set(['observe', 'notify'])

export interface HooksParts {
  readonly points: Points
  readonly registrations: Registrations
  readonly asking: Asking
  readonly scripts: HookScripts
  readonly runtime: Pick<ScriptRuntime, 'about'>
  readonly logger: Logger
}

/** The hooks that one run has registered. */
export class RunHooks {
  readonly #parts: HooksParts
  readonly #owner: Owner
  readonly #script: HookScript | undefined
  readonly #durable: boolean
  readonly #hooks = new Map<string, Registration>()
  #ids = 0

  constructor(parts: HooksParts, context: CallContext) {
    this.#parts = parts
    this.#script = parts.scripts.ofRun(context)
    this.#owner = ownerOf(parts, context, this.#script)
    this.#durable = context.durable !== undefined
  }

  /** Those of the run of a call. */
  static of(parts: HooksParts, context: CallContext): RunHooks {
    return context.share(KEY, () => {
      const value = new RunHooks(parts, context)
      return { value, dispose: () => value.#end() }
    })
  }

  get all(): readonly Registration[] {
    return this.#parts.registrations.of(this.#owner.runId)
  }

  /** @throws HOOK_UNKNOWN, HOOK_REFUSED, HOOK_NOT_DURABLE, HOOK_LIMIT, INPUT_INVALID */
  add(name: string, fn: HostCallback, options: Options): Registration {
    const point = this.#parts.points.get(name)
    if (!point.ofRun && !this.#owner.everywhere) throw notOfRun(name)
    if (this.#durable && TELLING.has(point.kind)) throw notDurable(name)
    this.#script?.allow(point, name)
    const id = `hook_${++this.#ids}`
    const hook = new Registration(id, point, name, this.#owner, fn, options)
    this.#parts.registrations.add(hook)
    this.#hooks.set(id, hook)
    return hook
  }

  find(id: string): Registration | undefined {
    return this.#hooks.get(id)
  }

  remove(hook: Registration): boolean {
    this.#parts.asking.notices.forget(hook)
    return this.#parts.registrations.remove(hook)
  }

  /** Nothing new comes; what waits is told while there is time. */
  async #end(): Promise<void> {
    const { registrations, asking } = this.#parts
    const all = [...this.#hooks.values()]
    const remove = (): void => all.forEach((hook) => registrations.remove(hook))
    // Where a hook script is missed, its hooks fail what they were to decide on.
    if (this.#script) this.#script.leave(remove)
    else remove()
    const timer = setTimeout(() => all.forEach((hook) => asking.notices.forget(hook)), REST_MS)
    await Promise.all(all.map((hook) => asking.notices.close(hook)))
    clearTimeout(timer)
    this.#hooks.clear()
  }
}

function notDurable(name: string): SpellError {
  return new SpellError(
    'HOOK_NOT_DURABLE',
    `A durable run cannot hear the point '${name}': expected a point that decides, found one that tells.`,
    {
      hint: "Register at a point that decides, such as 'tool.output', or name a hook script in the configuration.",
    },
  )
}

function ownerOf(
  { runtime, logger, scripts }: HooksParts,
  context: CallContext,
  script: HookScript | undefined,
): Owner {
  const { runId } = context
  const { file = 'host', language = 'host' } = runtime.about(runId) ?? {}
  const about = { runId, file, language, place: scripts.placeOf(script) }
  if (!script)
    return { ...about, everywhere: false, owns: () => false, log: (entry) => context.log(entry) }
  return {
    ...about,
    everywhere: true,
    owns: (id) => script.owns(id),
    log: ({ level, message }) => logger[level](message),
    late: () => void script.late(runId),
  }
}

function notOfRun(name: string): SpellError {
  const text = `The hook point '${name}' belongs to no run: only a hook script hears it.`
  return new SpellError('HOOK_REFUSED', text, {
    hint: 'Register it in a script of plugins.hooks.scripts in the configuration.',
  })
}
