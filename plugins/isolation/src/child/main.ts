// The process that has one plugin in it. What this file keeps from the plugin is for its comfort only: the wall is around
// the process, and the host trusts nothing that comes out of it.
import { Socket } from 'node:net'
import { isPlugin, RESIDENT_CHANNEL, SpellError } from '@llmspell/sdk'
import type { Tool } from '@llmspell/sdk'
import { thrownFrom } from '../line/failure.ts'
import { Line } from '../line/line.ts'
import { RemoteCall } from './call.ts'
import { contextOf } from './context.ts'
import type { CallFacts, StartArgs } from './protocol.ts'
import { Sources } from './sources.ts'
import { takeAway } from './taken.ts'

const tools = new Map<string, Tool>()
const running = new Map<number, AbortController>()
const sources = new Sources()
const stop = new AbortController()

async function start(args: StartArgs): Promise<null> {
  const { default: plugin } = (await import(args.main)) as { default?: unknown }
  if (!isPlugin(plugin)) {
    const message = `Plugin '${args.id}' exports no plugin: expected definePlugin({ … }) as default export.`
    throw new SpellError('PLUGIN_LOAD', message)
  }
  const context = contextOf(args, line, tools, sources, stop.signal)
  await plugin.setup(context)
  return null
}

async function call(id: number, name: string, input: unknown, facts: CallFacts): Promise<unknown> {
  const tool = tools.get(name)
  if (!tool) {
    const message = `The plugin lists the tool '${name}' in its manifest, but did not register it.`
    throw new SpellError('CONTRIBUTION_UNKNOWN', message)
  }
  const ending = new AbortController()
  running.set(id, ending)
  try {
    return await tool.execute(input as never, new RemoteCall(id, facts, line, ending.signal).own())
  } finally {
    running.delete(id)
  }
}

const line = new Line(
  new Socket({ fd: RESIDENT_CHANNEL, readable: true, writable: true }),
  {
    ask(verb, args): Promise<unknown> {
      if (verb === 'start') return start(args[0] as StartArgs)
      if (verb === 'pull') return sources.pull(args[0] as number)
      return call(...(args as [number, string, unknown, CallFacts]))
    },
    tell(_verb, [id, reason]) {
      running.get(id as number)?.abort(thrownFrom(reason))
    },
    broken() {
      // Without a host there is nothing left to do, whatever the plugin still does.
      process.exit()
    },
  },
  false,
)

// One failing call of many is no reason to lose the others.
process.on('unhandledRejection', (error) =>
  line.tell('log', 'error', `unhandled: ${String(error)}`),
)
process.on('uncaughtException', (error) => {
  line.tell('log', 'error', `uncaught: ${String(error)}`)
})
takeAway()
