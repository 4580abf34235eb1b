import type { Logger } from '@llmspell/sdk'

const nothing = (): void => {}

/** Nobody asked to be told. */
export const SILENT: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
}
