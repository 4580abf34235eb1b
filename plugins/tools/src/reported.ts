import { SpellError, fromErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'

/** A failure that the tool itself gave as its result: whatever its code, it is not raised. */
export class Reported extends SpellError {
  constructor(record: ErrorRecord) {
    const { code, message, hint, details, cause } = fromErrorRecord(record)
    super(code, message, { hint, details, cause })
  }
}
