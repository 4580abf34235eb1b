import { open } from 'node:fs/promises'
import { bytesText, SpellError, type BackupManifest, type StateBackend } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { readAnswer } from '../run/answer.ts'
import { canAsk } from '../run/ask.ts'
import { isOn } from '../run/options.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { manifestJson, manifestText } from './backup.ts'
import { stateStore } from './store.ts'

interface Plan {
  readonly backup: BackupManifest
  /** Entries that are there at this moment, and would go. */
  readonly replaced: number
  readonly bytes: number
}

/** `state restore FILE`: shows what would happen, and does it with a yes alone. */
export async function restoreState(stage: Stage): Promise<void> {
  const [file] = stage.parsed.args as [string]
  const store = await stateStore(stage)
  const plan = await planOf(stage, store, file)
  if (!stage.json) out(planText(plan, file))
  const yes = isOn(stage.parsed, 'yes') || (await agreed(stage, plan))
  if (yes) await reading(stage, store, file, plan.replaced === 0 ? 'empty-only' : 'replace')
  if (stage.json) {
    const { backup, replaced, bytes } = plan
    const facts = { backup: manifestJson(backup), replaces: replaced, bytes }
    out(`${toJson({ ok: true, restored: yes, dry_run: !yes, ...facts })}\n`)
  } else
    out(
      yes
        ? `Restored ${plan.backup.entries} entries.\n`
        : 'Nothing was changed; --yes restores it.\n',
    )
}

/** Reads the whole backup against its checksum before anything is asked. */
async function planOf(stage: Stage, store: StateBackend, file: string): Promise<Plan> {
  const backup = await reading(stage, store, file, 'verify-only')
  let replaced = 0
  for await (const _ of store.entries()) replaced++
  const { bytes } = await store.stats()
  return { backup, replaced, bytes }
}

async function reading(
  stage: Stage,
  store: StateBackend,
  file: string,
  mode: 'empty-only' | 'replace' | 'verify-only',
): Promise<BackupManifest> {
  await using handle = await opened(file)
  const line = progressLine(stage)
  const who = mode === 'verify-only' ? 'check of the backup' : 'state restore'
  line.report({ who, state: 'started' })
  let bytes = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of handle.createReadStream({ autoClose: false })) {
      bytes += (piece as Uint8Array).byteLength
      line.report({ who, state: 'active', text: bytesText(bytes) })
      yield piece as Uint8Array
    }
  }
  try {
    return await store.restore(ReadableStream.from(counted()), { mode })
  } finally {
    line.clear()
  }
}

async function opened(file: string) {
  try {
    return await open(file, 'r')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SpellError('FILE_UNREADABLE', `File '${file}' cannot be read: ${code}.`, {
      hint: 'Name a file that llmspell state backup wrote.',
      cause,
    })
  }
}

function planText({ backup, replaced, bytes }: Plan, file: string): string {
  const there =
    replaced === 0
      ? 'The store is empty.'
      : `It takes the place of all that is there: ${replaced} entries, ${bytesText(bytes)}, runs and sessions among them.`
  return `${plain(file)} is whole: ${manifestText(backup)}.\n${there}\n`
}

async function agreed(stage: Stage, { replaced }: Plan): Promise<boolean> {
  if (!canAsk(stage.parsed)) return false
  err(`Restore it${replaced === 0 ? '' : ` and lose ${replaced} entries for good`}? [y/N] `)
  const typed = await readAnswer(new AbortController().signal)
  return /^y(?:es)?$/i.test(typed?.trim() ?? '')
}
