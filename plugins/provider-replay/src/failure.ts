import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'

/** A failure of a provider as a cassette has it: without places of code, and without the key. */
export function tapedFailure(
  error: unknown,
  provider: string,
  key: string | undefined,
): ErrorRecord {
  const record = isSpellError(error) ? toErrorRecord(error) : unexpected(error, provider)
  const text = JSON.stringify(bare(record))
  return JSON.parse(key && key.length > 3 ? hidden(text, key) : text) as ErrorRecord
}

function hidden(text: string, key: string): string {
  return text.replaceAll(JSON.stringify(key).slice(1, -1), '***')
}

function bare({ code, message, hint, details, cause }: ErrorRecord): ErrorRecord {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
    ...(cause === undefined ? {} : { cause: bare(cause) }),
  }
}

/** As `models` tells it: what is no failure of the line is one of the plugin. */
function unexpected(error: unknown, provider: string): ErrorRecord {
  const found = error instanceof Error ? error.message : String(error)
  return {
    code: 'PROVIDER_FAILED',
    message: `Provider '${provider}' failed: ${found}`,
    hint: 'Look at the cause; the plugin of the provider did not expect it.',
    details: { provider, kind: 'malformed', retryable: false },
  }
}
