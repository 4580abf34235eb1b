import { isRef } from '@llmspell/sdk'
import type { Checking } from './checking.ts'
import { expected, isTable } from './fields.ts'
import { below, quoted } from './problem.ts'
import type { Scope } from './scope.ts'
import { parseTemplate } from './template.ts'
import { checkTexts } from './texts.ts'

export function checkTool(value: unknown, path: string, checking: Checking): void {
  if (typeof value === 'string') return checkToolName(value, path, checking)
  if (!isRef(value, 'handle')) expected('the name of a tool', value, path, checking.findings)
  else checkHandle(value.type, 'Tool', path, checking)
}

function checkToolName(name: string, path: string, { findings, names: { tools } }: Checking): void {
  if (!tools || tools.includes(name)) return
  const message = `Tool ${quoted(name)} is not registered.`
  const otherwise = 'See the tools with: llmspell tool list'
  findings.addUnknown(path, 'tool', message, [name, tools, otherwise])
}

function checkHandle(found: string, type: string, path: string, { findings }: Checking): void {
  if (found !== type)
    findings.add(path, 'type', `Expected a handle of ${type}, found one of ${found}.`)
}

export function checkAgent(value: unknown, path: string, checking: Checking): void {
  const { findings, names } = checking
  if (isRef(value, 'handle')) return checkHandle(value.type, 'Agent', path, checking)
  if (isTable(value)) return checkAgentTable(value['tools'], path, checking)
  if (typeof value !== 'string') {
    return expected("an agent: its name or Agent.create's options", value, path, findings)
  }
  if (!names.agents || names.agents.includes(value)) return
  const message = `There is no agent ${quoted(value)}.`
  const otherwise = 'Create it before the workflow, or write its options here as a table.'
  findings.addUnknown(path, 'agent', message, [value, names.agents, otherwise])
}

/** The rest of the options is the business of Agent.create. */
function checkAgentTable(tools: unknown, path: string, checking: Checking): void {
  const { names } = checking
  if (!Array.isArray(tools) || !names.tools) return
  const callable = [...names.tools, ...(names.agents ?? [])]
  for (const [index, tool] of tools.entries()) {
    if (typeof tool !== 'string') continue
    const place = `${below(path, 'tools')}[${index}]`
    checkToolName(tool, place, { ...checking, names: { tools: callable } })
  }
}

export function checkWorkflowForm(value: unknown, path: string, checking: Checking): void {
  if (isRef(value, 'handle')) return checkHandle(value.type, 'Workflow', path, checking)
  if (isTable(value)) return checking.again.definition(value, path, checking)
  expected('a workflow or the definition of one', value, path, checking.findings)
}

export function checkInput(
  value: unknown,
  form: string | undefined,
  path: string,
  scope: Scope,
  { findings }: Checking,
): void {
  checkTexts(value, path, scope, findings)
  if (form === 'steps') {
    const hint = 'Its steps see the input of the workflow: give each its own.'
    findings.add(path, 'unknown-key', 'A nested sequence takes no input.', hint)
  } else if (form === 'tool' && !isTable(value) && !isReference(value)) {
    expected("a table of the tool's parameters", value, path, findings)
  } else if (form === 'agent' && !isTable(value) && typeof value !== 'string') {
    expected('a prompt: text or a table', value, path, findings)
  }
}

const isReference = (value: unknown): boolean =>
  typeof value === 'string' && parseTemplate(value).only !== undefined
