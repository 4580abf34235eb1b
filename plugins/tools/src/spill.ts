import { SpellError } from '@llmspell/sdk'
import type { ArtifactInfo, Artifacts, ToolOutput, Value } from '@llmspell/sdk'

/** Whose result it is. */
export interface Origin {
  readonly tool: string
  readonly runId: string
  readonly seq: number
  readonly untrusted: boolean
}

interface Content {
  readonly bytes: Uint8Array
  readonly mime: string
  readonly ending: string
}

/**
 * Stores the whole of a result that is too large to be handed over.
 * @throws VALUE_TOO_LARGE without a store; what the store throws
 */
export async function spill(
  output: ToolOutput,
  textOnly: boolean,
  origin: Origin,
  artifacts: Artifacts | undefined,
): Promise<ArtifactInfo> {
  const { tool, runId, seq, untrusted } = origin
  if (!artifacts) throw tooLarge(tool)
  const { bytes, mime, ending } = contentOf(output, textOnly)
  return artifacts.save(bytes, {
    name: `${tool}-${seq}.${ending}`,
    mime,
    run: runId,
    metadata: { type: 'tool_result', tool, ...(untrusted ? { untrusted } : {}) },
  })
}

/** Text and bytes as they are; where only the text is too large, that; anything else as JSON. */
function contentOf({ result, text }: ToolOutput, textOnly: boolean): Content {
  if (result instanceof Uint8Array)
    return { bytes: result, mime: 'application/octet-stream', ending: 'bin' }
  const plain = typeof result === 'string' ? result : textOnly ? text : undefined
  if (plain !== undefined) return { bytes: encode(plain), mime: 'text/plain', ending: 'txt' }
  return { bytes: encode(json(result)), mime: 'application/json', ending: 'json' }
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function json(value: Value): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item instanceof Uint8Array ? { base64: Buffer.from(item).toString('base64') } : item,
  )
}

function tooLarge(tool: string): SpellError {
  const message = `The result of tool '${tool}' is too large for one call, and there is no artifact store to keep it.`
  return new SpellError('VALUE_TOO_LARGE', message, {
    hint: 'Ask the tool for less at once, or install @llmspell/artifacts.',
  })
}
