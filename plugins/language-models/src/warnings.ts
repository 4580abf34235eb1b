import type { SharedV4Warning } from '@ai-sdk/provider'
import type { Logger, ModelRequest, ModelSettings } from '@llmspell/sdk'
import type { Line } from './line.ts'

/** What the SDK leaves out of a request is said, not swallowed. */
export function report(
  warnings: readonly SharedV4Warning[],
  logger: Logger,
  model: ModelSettings,
): void {
  for (const warning of warnings) logger.warn(`${nameOf(model)}, ${textOf(warning)}`)
}

/** So is what we leave out, as the protocol has no word for it. */
export function reportLacks({ rules, model, options }: Line, request: ModelRequest): void {
  for (const option of rules.lacks ?? []) {
    if (request[option] === undefined) continue
    options.logger.warn(`${nameOf(model)}, ${option}: its protocol has none; it was left out`)
  }
}

const nameOf = ({ provider, model }: ModelSettings): string => `Model '${provider}/${model}'`

/** Names of options as scripts write them. */
const OURS: Readonly<Record<string, string>> = {
  maxOutputTokens: 'max_tokens',
  topP: 'top_p',
  stopSequences: 'stop',
  responseFormat: 'schema',
  toolChoice: 'tool_choice',
}

function textOf(warning: SharedV4Warning): string {
  switch (warning.type) {
    case 'other':
      return `request: ${warning.message}`
    case 'deprecated':
      return `${warning.setting}: ${warning.message}`
    default:
      return `${OURS[warning.feature] ?? warning.feature}: ${warning.details ?? warning.type}`
  }
}
