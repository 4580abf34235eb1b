import { pathToFileURL } from 'node:url'
import { realpathSync } from 'node:fs'
import type {
  Access,
  HostedPlugin,
  Jail,
  Permissions,
  PluginContext,
  Tool,
  ToolCall,
  ToolItem,
  ToolOutput,
} from '@llmspell/sdk'
import { PluginProcess } from './child-process.ts'
import type { StartArgs } from './child/protocol.ts'
import { Codes } from './codes.ts'
import { crashesTooOften, jailWanted, usesTools } from './errors.ts'
import { ignoreInspectorSignal } from './deaf.ts'
import type { IsolationConfig } from './generated/config.ts'
import { placeOf, type Place } from './place.ts'
import type { Ports } from './ports/ports.ts'
import { residentFor } from './resident.ts'

const MINUTE = 60_000
const PORTS = ['files', 'http', 'secrets'] as const

/** What all isolated plugins share. */
export interface Landlord {
  readonly jail: Jail
  readonly permissions: Permissions
  readonly limits: Required<IsolationConfig>
}

/** One plugin that lives in a process of its own, started by the first call. */
export class Tenant {
  readonly #plugin: HostedPlugin
  readonly #context: PluginContext
  readonly #landlord: Landlord
  readonly #ports: Ports
  #place: Place | undefined
  #process: Promise<PluginProcess> | undefined
  #crashes: number[] = []
  #broken: Error | undefined

  constructor(plugin: HostedPlugin, context: PluginContext, landlord: Landlord) {
    this.#plugin = plugin
    this.#context = context
    this.#landlord = landlord
    this.#ports = portsOf(plugin, context)
  }

  /** Registers what stands for its tools. @throws ISOLATED_ONLY */
  move(): void {
    const { contributes = {} } = this.#plugin.manifest
    const items = (contributes['tools'] ?? []) as readonly ToolItem[]
    const social = items.find(({ usesTools: uses }) => uses === true)
    if (social) throw usesTools(this.#plugin.id, social.name)
    for (const { name } of items) this.#context.contribute('tools', name, this.#tool(name))
  }

  /** Starts its process, as the first call would. Without a jail that would need a right which nobody has given yet. */
  async tried(): Promise<void> {
    const { kind } = await this.#landlord.jail.report()
    if (kind !== 'none') await this.#running(true)
  }

  async close(): Promise<void> {
    const process = await this.#process?.catch(() => undefined)
    await process?.end()
  }

  #tool(name: string): Tool {
    return { execute: (input, call) => this.#execute(name, input, call) }
  }

  async #execute(name: string, input: unknown, call: ToolCall): Promise<ToolOutput> {
    if (this.#broken) throw this.#broken
    const report = await this.#landlord.jail.report()
    const jailed = report.kind !== 'none'
    if (!jailed)
      await this.#unjailed(call).catch((error) => Promise.reject(jailWanted(error, report)))
    const process = await this.#free(jailed)
    return process.call(name, input, call)
  }

  /** Once in a run, by the rights of whoever calls: a plugin cannot hold this one itself. @throws PERMISSION_DENIED */
  #unjailed(call: ToolCall): Promise<void> {
    const { id } = this.#plugin
    const own = call.grants.at(-1)?.holder === `plugin ${id}`
    const grants = own ? call.grants.slice(0, -1) : call.grants
    const access: Access = { ...call, subject: `Plugin '${id}'`, grants }
    const need = { permission: 'unjailed', target: `plugin:${id}` }
    const ask = (): Promise<void> => this.#landlord.permissions.require(need, access)
    const key = `isolation:unjailed:${id}`
    return call.run ? call.run.share(key, () => ({ value: ask() })) : ask()
  }

  /** Not one that is about to be ended because of another call. */
  async #free(jailed: boolean): Promise<PluginProcess> {
    for (;;) {
      const process = await this.#running(jailed)
      await process.quiet()
      if (!process.ended) return process
    }
  }

  /** All calls share one process; one that has ended is followed by another. */
  #running(jailed: boolean): Promise<PluginProcess> {
    if (this.#broken) throw this.#broken
    if (this.#process) return this.#process
    const starting = this.#start(jailed)
    this.#process = starting
    starting.catch(() => this.#forget(starting))
    return starting
  }

  #forget(process: Promise<PluginProcess> | undefined): void {
    if (this.#process === process) this.#process = undefined
  }

  async #start(jailed: boolean): Promise<PluginProcess> {
    const { id, root, project } = this.#plugin
    const { jail, limits } = this.#landlord
    this.#plugin.verify()
    if (!jailed) ignoreInspectorSignal()
    this.#place ??= placeOf(root, project)
    return PluginProcess.start({
      plugin: id,
      jail,
      resident: residentFor(id, this.#place, limits.memory_mib, jailed),
      start: startOf(this.#plugin, this.#context),
      ports: this.#ports,
      codes: new Codes(this.#plugin),
      limits,
      logger: this.#context.logger,
      onCrash: (error) => this.#crashed(error),
    })
  }

  #crashed(error: Error): void {
    this.#forget(this.#process)
    const now = performance.now()
    this.#crashes = [...this.#crashes.filter((at) => now - at < MINUTE), now]
    const { length } = this.#crashes
    this.#context.logger.warn(error.message)
    if (length < this.#landlord.limits.crashes) return
    this.#broken = crashesTooOften(this.#plugin.id, length, error)
    this.#plugin.fail(this.#broken)
  }
}

function startOf({ id, main, manifest }: HostedPlugin, context: PluginContext): StartArgs {
  const { requires = {}, optional = {}, contributes = {}, permissions = {} } = manifest
  const tools = (contributes['tools'] ?? []) as readonly ToolItem[]
  return {
    main: pathToFileURL(realpathSync(main)).href,
    id,
    config: context.config,
    requires: PORTS.filter((name) => Object.hasOwn(requires, name)),
    optional: PORTS.filter((name) => Object.hasOwn(optional, name) && context.find(name)),
    tools: tools.map(({ name }) => name),
    permissions,
  }
}

/** What the manifest asks for among the ports, as the kernel gives it. */
function portsOf({ manifest }: HostedPlugin, context: PluginContext): Ports {
  const { requires = {}, optional = {} } = manifest
  const given = PORTS.map((name) => {
    if (Object.hasOwn(requires, name)) return [name, context.use(name)] as const
    return [name, Object.hasOwn(optional, name) ? context.find(name) : undefined] as const
  })
  return Object.fromEntries(given) as Ports
}
