import { SpellError } from '@llmspell/sdk'
import type { Logger, PluginContext, Services, Tool } from '@llmspell/sdk'
import type { Line } from '../line/line.ts'
import { isolated } from './call.ts'
import { remoteFiles } from './files.ts'
import { remoteHttp } from './http.ts'
import type { StartArgs } from './protocol.ts'
import { remoteSecrets } from './secrets.ts'
import type { Sources } from './sources.ts'

/** The context of a plugin in this process: the granted ports and its tools, and a clear word for all else. */
export function contextOf(
  args: StartArgs,
  line: Line,
  tools: Map<string, Tool>,
  sources: Sources,
  signal: AbortSignal,
): PluginContext {
  const { id, config, requires, optional } = args
  const ports: Readonly<Record<string, unknown>> = {
    files: remoteFiles(line),
    http: remoteHttp(line, sources),
    secrets: remoteSecrets(line),
  }
  const port = (name: keyof Services, among: readonly string[], verb: string): never => {
    if (among.includes(name)) return ports[name] as never
    throw isolated(`Plugin '${id}' ${verb} the service '${name}', which does not reach its process`)
  }
  return {
    id,
    config: Object.freeze(config),
    logger: loggerOf(line),
    signal,
    use: (name) => port(name, requires, 'uses'),
    find: (name) => (optional.includes(name) ? port(name, optional, 'finds') : undefined),
    provide: (name) => port(name, [], 'provides'),
    contribute(point, name, value) {
      if (point === 'tools' && args.tools.includes(name)) tools.set(name, value as Tool)
      else throw undeclared(id, point, name)
    },
    tap(point) {
      throw isolated(`Plugin '${id}' taps '${point}', which does not reach its process`)
    },
    // Its process is ended, and nothing of it is left.
    defer: () => undefined,
  }
}

function undeclared(id: string, point: string, name: string): Error {
  if (point !== 'tools')
    return isolated(`Plugin '${id}' contributes to '${point}', which does not reach its process`)
  const message = `Plugin '${id}' contributes the tool '${name}', but its manifest does not say so.`
  const hint = `Add to its manifest: "contributes": { "tools": [{ "name": "${name}" }] }`
  return new SpellError('CONTRIBUTION_UNDECLARED', message, { hint })
}

function loggerOf(line: Line): Logger {
  const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const
  const entries = levels.map((level) => [
    level,
    (message: string, data?: object) => line.tell('log', level, String(message), data),
  ])
  return Object.fromEntries(entries) as Logger
}
