import { writeFile } from 'node:fs/promises'
import { SpellError, type JournalRecord, type RunRow, type WorkflowExecutor } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { blobsOf } from './stored.ts'
import { readRun, runStore } from './store.ts'

const FORMAT = 1

/** `run export ID`: everything that is kept of a run, as one readable JSON document. */
export async function exportRun(stage: Stage): Promise<void> {
  const store = await runStore(stage)
  const { row, records } = await readRun(store, stage.parsed.args[0]!)
  const document = await documentOf(store.executor, row, records)
  const file = text(stage.parsed, 'out')
  if (file === undefined) {
    out(`${toJson(stage.json ? { ok: true, export: document } : document, stage.json ? 0 : 2)}\n`)
    return
  }
  await write(file, `${toJson(document, 2)}\n`, isOn(stage.parsed, 'force'))
  if (stage.json) out(`${toJson({ ok: true, run_id: row.runId, file, records: records.length })}\n`)
  else if (!stage.quiet) err(`${records.length} records of ${row.runId} are in ${plain(file)}\n`)
}

/** Rows, records and the contents that they name: text as it is, bytes as base64. */
async function documentOf(
  { blobs }: Pick<WorkflowExecutor, 'blobs'>,
  row: RunRow,
  records: readonly JournalRecord[],
): Promise<object> {
  const hashes = new Set([row.definition.hash, ...records.flatMap(blobsOf)])
  const found = await Promise.all(
    [...hashes].map(async (hash) => [hash, contentOf(await blobs.get(hash))] as const),
  )
  return {
    format: `llmspell-run/${FORMAT}`,
    run: row,
    records,
    blobs: Object.fromEntries(found.filter(([, content]) => content !== undefined)),
  }
}

function contentOf(bytes: Uint8Array | undefined): object | undefined {
  if (!bytes) return undefined
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}

async function write(file: string, content: string, replace: boolean): Promise<void> {
  try {
    await writeFile(file, content, { flag: replace ? 'w' : 'wx', mode: 0o600 })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const taken = code === 'EEXIST'
    const reason = taken ? 'exists already' : `cannot be written: ${code}`
    throw new SpellError('FILE_UNWRITABLE', `File '${file}' ${reason}.`, {
      hint: taken
        ? 'Name another, or replace it with --force.'
        : 'Name a file in a folder of yours.',
      cause,
    })
  }
}
