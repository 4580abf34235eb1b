import type { CallContext, ScriptCall, ScriptHandler, ToolResult, Value } from '@llmspell/sdk'
import { Stop } from './abort.ts'
import type { Agent } from './agent.ts'
import { asTool } from './as-tool.ts'
import type { AsToolOptions } from './as-tool.ts'
import { Ask, asking } from './ask.ts'
import { shownConfig } from './config.ts'
import type { AgentConfig, AgentInput, ExecuteOptions, HandoffEntry } from './config.ts'
import { conversationHandlers } from './conversation-handlers.ts'
import { conversationOf } from './conversation.ts'
import { createAgent } from './create.ts'
import { answer, answerStream } from './execute.ts'
import type { House } from './house.ts'
import { forget, load, save } from './kept.ts'
import { Ledger } from './ledger.ts'
import { tell } from './making.ts'
import { agentsOf } from './registry.ts'
import { notGranted } from './toolbox.ts'

type Asked = readonly [input: AgentInput, options?: ExecuteOptions]

const selfOf = <T>({ self }: { readonly self?: unknown }): T => self as T

/** One handler for each function of the module `Agent`, methods as `Handle.method`. */
export function agentHandlers(house: House): Readonly<Record<string, ScriptHandler>> {
  return { ...moduleHandlers(house), ...agentMethods(house), ...conversationHandlers(house) }
}

function moduleHandlers(house: House): Record<string, ScriptHandler> {
  return {
    create: async ({ args: [config], context }: ScriptCall<[AgentConfig]>) =>
      (await createAgent(house, config, context)).ref,
    register: async ({ args: [config], context }: ScriptCall<[AgentConfig]>) =>
      (await createAgent(house, config, context)).name,
    get: ({ args: [name], context }: ScriptCall<[string]>) =>
      agentsOf(context).find(name)?.ref ?? null,
    exists: ({ args: [name], context }: ScriptCall<[string]>) =>
      agentsOf(context).find(name) !== undefined,
    list: ({ context }: ScriptCall<[]>) =>
      agentsOf(context)
        .list()
        .map((agent) => agent.describe()),
  }
}

function agentMethods(house: House): Record<string, ScriptHandler> {
  const question = ({ args: [input, options = {}], self, context }: ScriptCall<Asked>) => {
    const agent = self as Agent
    agent.open()
    return { agent, input, options, memory: agent.memory, context }
  }
  return {
    'Agent.execute': (call: ScriptCall<Asked>) => answer(house, question(call)),
    'Agent.stream': (call: ScriptCall<Asked>) =>
      call.context.stream(answerStream(house, question(call)) as AsyncIterable<Value>),
    'Agent.conversation': (call: ScriptCall<[string?]>) => {
      const agent = selfOf<Agent>(call)
      agent.open()
      return conversationOf(agent, call.args[0], call.context).ref
    },
    'Agent.as_tool': (call: ScriptCall<[AsToolOptions?]>) => {
      const agent = selfOf<Agent>(call)
      agent.open()
      return asTool(agent, call.args[0] ?? {}, house, call.context)
    },
    'Agent.tools': (call: ScriptCall<[]>) => selfOf<Agent>(call).describe().tools,
    'Agent.has_tool': (call: ScriptCall<[string]>) => selfOf<Agent>(call).toolbox.has(call.args[0]),
    'Agent.invoke_tool': invokeTool,
    'Agent.usage': async (call: ScriptCall<[]>) => {
      await selfOf<Agent>(call).settled
      return selfOf<Agent>(call).usage
    },
    'Agent.state': async (call: ScriptCall<[]>) => {
      await selfOf<Agent>(call).settled
      return selfOf<Agent>(call).state
    },
    'Agent.config': (call: ScriptCall<[]>) => {
      const { config, toolbox, model } = selfOf<Agent>(call)
      const handoffs = (config.handoffs ?? []).map((entry) => agentBy(entry, call.context))
      return shownConfig(config, { model, tools: [...toolbox.keys()], handoffs })
    },
    'Agent.save': async (call: ScriptCall<[]>) => {
      await selfOf<Agent>(call).settled
      await save(selfOf<Agent>(call), house, call.context)
    },
    'Agent.load': (call: ScriptCall<[]>) => load(selfOf<Agent>(call), house, call.context),
    'Agent.forget': (call: ScriptCall<[]>) => forget(selfOf<Agent>(call), house, call.context),
    'Agent.pause': (call: ScriptCall<[]>) => {
      const agent = selfOf<Agent>(call)
      agent.open()
      agent.pause()
    },
    'Agent.resume': (call: ScriptCall<[]>) => {
      selfOf<Agent>(call).resume()
    },
    'Agent.cancel': (call: ScriptCall<[]>) => selfOf<Agent>(call).cancel(),
    'Agent.close': async (call: ScriptCall<[]>) => {
      const agent = selfOf<Agent>(call)
      const { close, closed } = house.points
      const isOpen = agent.state !== 'closed'
      if (isOpen) await tell(close, agent, call.context)
      agent.close()
      agentsOf(call.context).remove(agent)
      if (isOpen) await tell(closed, agent, call.context)
    },
  }
}

/** The name behind an entry of `handoffs`. */
function agentBy(entry: HandoffEntry, context: CallContext): string {
  return typeof entry === 'string' ? entry : (context.resolve(entry) as Agent).name
}

/** A tool of the agent, called by the script in its name. @throws TOOL_NOT_FOUND, AGENT_CLOSED and the tool's own */
async function invokeTool(call: ScriptCall<[string, Value?]>): Promise<ToolResult> {
  const {
    args: [name, params = {}],
    context,
  } = call
  const agent = selfOf<Agent>(call)
  agent.open()
  const tool = agent.toolbox.get(name)
  if (!tool) throw notGranted(agent.name, name, agent.toolbox)
  const stop = new Stop(agent.name, context.signal)
  const ledger = new Ledger(agent.name, agent.config.budget ?? {}, asking()?.ledger)
  agent.begin(stop)
  try {
    ledger.toolCalls++
    return await tool.invoke(new Ask(context, ledger, stop, agent.grantOf(agent.toolbox)), params)
  } finally {
    stop.release()
    agent.count(stop, ledger)
  }
}
