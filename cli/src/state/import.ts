import { entriesText } from '../print/counted.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { imported, type Existing, type Imported } from './import-store.ts'
import { stateStore } from './store.ts'

/** `state import FILE`. */
export async function importState(stage: Stage): Promise<void> {
  const [file] = stage.parsed.args as [string]
  const existing = (text(stage.parsed, 'existing') ?? 'refuse') as Existing
  const dry = isOn(stage.parsed, 'dry-run')
  const line = progressLine(stage)
  const tell = (told: string) => line.report({ who: 'state import', state: 'active', text: told })
  const work = { file, store: await stateStore(stage), now: Date.now(), existing, tell }
  const done = await imported(work, dry).finally(() => line.clear())
  if (stage.json) out(`${toJson({ ok: true, ...done, dry_run: dry })}\n`)
  else out(summary(done, dry))
}

function summary({ entries, existing, expired, written }: Imported, dry: boolean): string {
  const parts = [
    dry ? `${entriesText(entries)} would come in` : `${entriesText(written)} came in`,
    `${existing} were there already`,
    ...(expired > 0 ? [`${expired} have expired`] : []),
  ]
  return `${parts.join(', ')}.\n`
}
