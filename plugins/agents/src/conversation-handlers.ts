import type { ScriptCall, ScriptHandler, Value } from '@llmspell/sdk'
import type { AgentInput, ExecuteOptions, ScriptMessage } from './config.ts'
import { Stop } from './abort.ts'
import { forkOf } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { answer, answerStream } from './execute.ts'
import type { House } from './house.ts'
import { MediaReader } from './media-input.ts'
import { fromScript, toScript } from './messages.ts'

type Asked = readonly [input: AgentInput, options?: ExecuteOptions]

const selfOf = ({ self }: { readonly self?: unknown }): Conversation => self as Conversation

/** One handler for each method of `Conversation`. */
export function conversationHandlers(house: House): Record<string, ScriptHandler> {
  const question = (call: ScriptCall<Asked>) => {
    const { agent, memory } = selfOf(call)
    agent.open()
    const {
      args: [input, options = {}],
      context,
    } = call
    return { agent, input, options, memory, context }
  }
  return {
    'Conversation.execute': (call: ScriptCall<Asked>) => answer(house, question(call)),
    'Conversation.stream': (call: ScriptCall<Asked>) =>
      call.context.stream(answerStream(house, question(call)) as AsyncIterable<Value>),
    'Conversation.messages': (call: ScriptCall<[]>) => selfOf(call).memory.all.map(toScript),
    'Conversation.append': (call: ScriptCall<[ScriptMessage]>) => append(house, call),
    'Conversation.fork': (call: ScriptCall<[string?]>) =>
      forkOf(selfOf(call), call.args[0], call.context).ref,
    'Conversation.clear': (call: ScriptCall<[]>) => {
      selfOf(call).memory.clear()
    },
  }
}

/** Media of the message are read at once, under the permissions of the script. */
async function append(
  house: House,
  { self, args: [message], context }: ScriptCall<[ScriptMessage]>,
): Promise<undefined> {
  const { agent, memory } = self as Conversation
  const stop = new Stop(agent.name, context.signal)
  try {
    const reader = new MediaReader({ agent: agent.name, context, stop }, house.media)
    memory.add([await reader.message(fromScript(message), message)])
    if (reader.untrusted) memory.untrusted = true
  } finally {
    stop.release()
  }
}
