import { SpellError } from '@llmspell/sdk'
import type { ArtifactInfo, Artifacts, ToolOutput, Value } from '@llmspell/sdk'

/** Whose result it is. */
export interface Origin {
  readonly tool: string
  readonly runId: string
  readonly seq: number
  readonly untrusted: boolean
}

/** The one text that is too large, and the field of the result that has it; nothing where there are more. */
export interface Whole {
  readonly text?: string | undefined
  readonly field?: string
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
  whole: Whole,
  origin: Origin,
  artifacts: Artifacts | undefined,
): Promise<ArtifactInfo> {
  const { tool, runId, seq, untrusted } = origin
  if (!artifacts) throw tooLarge(tool)
  const { field, text } = whole
  const { bytes, mime, ending } = contentOf(output, text)
  return artifacts.save(bytes, {
    name: `${tool}-${seq}.${ending}`,
    mime,
    run: runId,
    metadata: {
      type: 'tool_result',
      tool,
      ...(field === undefined ? {} : { field }),
      ...(untrusted ? { untrusted } : {}),
    },
  })
}

/** Text and bytes as they are; where only one text is too large, that; anything else as JSON. */
function contentOf({ result }: ToolOutput, text: string | undefined): Content {
  if (result instanceof Uint8Array)
    return { bytes: result, mime: 'application/octet-stream', ending: 'bin' }
  const plain = typeof result === 'string' ? result : text
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
