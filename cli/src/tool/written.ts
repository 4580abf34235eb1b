import type { Parameter } from './schema.ts'

/** What makes any name that of a parameter, also that of a flag: `--param.json`. */
export const FORCED = 'param.'

/** A parameter as the command line takes it, where some names are flags of the command. */
export function flagOf({ name }: Pick<Parameter, 'name'>, flags: readonly string[]): string {
  return flags.includes(name) ? `--${FORCED}${name}` : `--${name}`
}
