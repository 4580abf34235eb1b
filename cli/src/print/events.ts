import { toJson } from './envelope.ts'
import { out } from './output.ts'

/** One event of a run as a JSON line on stdout; the document of `--json` comes behind the last one. */
export function event(name: string, fields: object): void {
  out(`${toJson({ event: name, ...fields })}\n`)
}
