import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import type { Stage } from '../stage.ts'

/** `events types`: what the host publishes by itself. */
export async function listTypes(stage: Stage): Promise<void> {
  const bus = await (await stage.open(await stage.config())).use('events')
  const types = await bus.types()
  if (stage.json) return out(`${toJson({ ok: true, types })}\n`)
  const rows = types.map(({ type, doc, data }) => [type, `${doc} ${plain(keysOf(data))}`])
  out(table(['TYPE', 'WHEN, AND KEYS OF ITS DATA'], rows, painter(process.stdout.isTTY)))
}

function keysOf(data: object): string {
  const { properties = {} } = data as { readonly properties?: object }
  return `[${Object.keys(properties).join(', ')}]`
}
