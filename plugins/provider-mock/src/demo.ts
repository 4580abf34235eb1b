import type { ModelRequest, ModelTool } from '@llmspell/sdk'
import { partsOf, readConversation } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { instanceOf } from './instance.ts'
import type { Reply } from './reply.ts'
import { summary } from './summary.ts'
import { wishes } from './wishes.ts'
import type { Wish } from './wishes.ts'

/**
 * The rules of `mock/demo`. It calls the tools that the prompt plainly asks for, files first, then sums; it answers
 * with what came back; and it says what it is wherever it has nothing to say.
 */
export function demoReply(request: ModelRequest): Reply {
  const conversation = readConversation(request)
  const calls = request.toolChoice === 'none' ? [] : nextCalls(request, conversation)
  if (calls.length > 0) return { text: '', calls }
  return {
    text: request.schema ? JSON.stringify(instanceOf(request.schema)) : answer(conversation),
    calls: [],
  }
}

function nextCalls(request: ModelRequest, conversation: Conversation): readonly Wish[] {
  const tools = request.tools ?? []
  const called = new Set(partsOf(conversation.since, 'tool_call').map(({ name }) => name))
  const step = wishes(conversation.prompt, tools).find(([wish]) => !called.has(wish!.name))
  if (step) return step
  return called.size > 0 ? [] : forced(tools, request.toolChoice)
}

/** With a tool demanded and nothing to ask it, the smallest input that its schema allows. */
function forced(tools: readonly ModelTool[], choice = 'auto'): readonly Wish[] {
  const tool = choice === 'required' ? tools[0] : tools.find(({ name }) => name === choice)
  if (!tool) return []
  return [{ name: tool.name, input: instanceOf(tool.input) as Wish['input'], written: tool.name }]
}

const ONE_LINE = /\b(?:one|single|1)[- ](?:line|sentence)\b/i

function answer({ system, prompt, since, files }: Conversation): string {
  const results = partsOf(since, 'tool_result')
  const oneLine = ONE_LINE.test(system) || ONE_LINE.test(prompt)
  const lines = results.length > 0 ? summary(prompt, since) : introduction(prompt, files, oneLine)
  return lines.join(oneLine ? ' ' : '\n')
}

function introduction(prompt: string, files: number, oneLine: boolean): readonly string[] {
  const asked = subject(prompt) + (files > 0 ? ` (with ${files} file${files > 1 ? 's' : ''})` : '')
  const about = asked === '' ? 'nothing was asked' : `you asked: ${asked}`
  if (oneLine) return [`I am the offline mock model, so this is no real answer; ${about}`]
  return [
    `I am the offline mock model 'mock/demo': I follow simple rules and know nothing.`,
    `${about[0]!.toUpperCase()}${about.slice(1)}`,
    'Offer me tools and write a sum such as 17% of 3480, or quote a path such as "notes.md".',
    'For a real answer choose a real model: --model provider/model.',
  ]
}

function subject(prompt: string): string {
  const line = prompt.trim().replaceAll(/\s+/g, ' ')
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}
