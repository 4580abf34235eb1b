import type { Permissions, Tool, ToolCall } from '@llmspell/sdk'
import type { SystemInfoInput } from './generated/input.ts'
import type { SystemInfoResult } from './generated/output.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { SECTIONS } from './sections.ts'
import type { Section } from './sections.ts'

/** The tool: every section is a right of its own. */
export function systemInfo(permissions: Permissions): Tool<SystemInfoInput> {
  return {
    validate,
    validateOutput,
    async execute({ sections }, call) {
      await grant(sections, permissions, call)
      const told = await Promise.all(
        sections.map(async (name) => [name, await SECTIONS[name](call.root)] as const),
      )
      const result: SystemInfoResult = Object.fromEntries(told)
      return { result: { ...result }, text: textOf(result), operation: 'info' }
    },
  }
}

/** What is missing is asked for first: where it is denied, nothing else was used. */
async function grant(
  sections: readonly Section[],
  permissions: Permissions,
  call: ToolCall,
): Promise<void> {
  const lacks = (target: Section): boolean =>
    !permissions.decide({ permission: 'sys', target }, call).allowed
  const { missing = [], held = [] } = Object.groupBy(sections, (name) =>
    lacks(name) ? 'missing' : 'held',
  )
  const needs = [...missing, ...held].map((target) => ({ permission: 'sys', target }))
  for (const [i, need] of needs.entries())
    await permissions.require({ ...need, also: needs.slice(i + 1, missing.length) }, call)
}

/** One line for each fact: `os.name: Linux`. */
function textOf(result: SystemInfoResult): string {
  return Object.entries(result)
    .flatMap(([section, facts]) =>
      Object.entries(facts ?? {}).map(([name, value]) => `${section}.${name}: ${String(value)}`),
    )
    .join('\n')
}
