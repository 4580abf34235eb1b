import type { ModelTool, Value } from '@llmspell/sdk'
import { findSums } from './arithmetic.ts'

/** A call that the mock wants to make. */
export interface Wish {
  readonly name: string
  readonly input: { readonly [key: string]: Value | undefined }
  /** How the prompt put it, for the answer. */
  readonly written: string
}

// An opening quote stands at the start of a word, so that "don't" opens nothing.
const QUOTED = /(?<![\p{L}\d])'([^'\n]+)'|(?<![\p{L}\d])"([^"\n]+)"|`([^`\n]+)`/gu
const PATH =
  /^(?!.*:\/\/)(?=.*[\p{L}])(?:[^\s/\\]+[/\\])*[^\s/\\]+\.\p{L}[\p{L}\d]*$|^(?!.*:\/\/)[\p{L}\d._-]+(?:\/[\p{L}\d._-]+)+$/u

/** Paths between quotes or backticks: what holds a slash, or ends like a file name. */
function quotedPaths(prompt: string): readonly string[] {
  const quoted = [...prompt.matchAll(QUOTED)].map((match) => match[1] ?? match[2] ?? match[3]!)
  return [...new Set(quoted.filter((text) => PATH.test(text)))]
}

/** The calls that a prompt asks for, tool by tool, in the order in which they are made. */
export function wishes(prompt: string, tools: readonly ModelTool[]): readonly (readonly Wish[])[] {
  const offered = new Set(tools.map(({ name }) => name))
  const calls = tools.flatMap(({ name }) => spelledOut(prompt, name))
  const steps = [
    offered.has('file-read') ? readings(withoutInputs(prompt, calls)) : [],
    offered.has('calculator') ? sums(prompt) : [],
    calls,
  ]
  return steps.filter((step) => step.length > 0)
}

function readings(prompt: string): readonly Wish[] {
  return quotedPaths(prompt).map((path) => ({ name: 'file-read', input: { path }, written: path }))
}

/** Without the JSON of calls: what is quoted in it is no path to read. */
function withoutInputs(prompt: string, calls: readonly Wish[]): string {
  const inputs = calls.map(({ name, written }) => written.slice(name.length + 1))
  return inputs.reduce((rest, input) => rest.replaceAll(input, ' _ '), prompt)
}

function sums(prompt: string): readonly Wish[] {
  const rest = prompt.replaceAll(QUOTED, (found, ...inner) =>
    inner.slice(0, 3).some((text) => typeof text === 'string' && PATH.test(text)) ? ' _ ' : found,
  )
  return findSums(withoutCalls(rest)).map(({ written, expression }) => ({
    name: 'calculator',
    input: { expression },
    written,
  }))
}

function withoutCalls(prompt: string): string {
  return prompt.replaceAll(/\{[^{}]*\}/g, ' _ ')
}

/** `weather {"city": "Oslo"}`: the name of a tool and its input as JSON. */
function spelledOut(prompt: string, name: string): readonly Wish[] {
  const found: Wish[] = []
  for (let at = prompt.indexOf(name); at >= 0; at = prompt.indexOf(name, at + 1)) {
    const start = at + name.length
    const open = /^['"`]?[\s:(]*/.exec(prompt.slice(start))![0].length + start
    const input = prompt[open] === '{' ? jsonAt(prompt, open) : undefined
    if (input) found.push({ name, input: input.value, written: `${name} ${input.text}` })
  }
  return found
}

function jsonAt(
  text: string,
  start: number,
): { readonly text: string; readonly value: Wish['input'] } | undefined {
  for (let end = text.indexOf('}', start); end >= 0; end = text.indexOf('}', end + 1)) {
    const part = text.slice(start, end + 1)
    try {
      return { text: part, value: JSON.parse(part) as Wish['input'] }
    } catch {
      // A brace inside: the next one may close it.
    }
  }
  return undefined
}
