import { isSpellError, SpellError } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { Interrupt } from '../run/interrupt.ts'
import type { Stage } from '../stage.ts'
import { PullBar, PullLines, silentPull, type PullView } from './bar.ts'
import { modelsOf } from './service.ts'

/** Has a server fetch a model; Ctrl-C stops it, and what is there already is kept by the server. */
export async function pullModel(stage: Stage): Promise<void> {
  const name = stage.parsed.args[0]!
  const { models } = await modelsOf(stage)
  const view = viewOf(stage)
  using interrupt = new Interrupt()
  let bytes = 0
  try {
    for await (const progress of models.pull(name, interrupt.signal)) {
      bytes = Math.max(bytes, progress.total ?? 0)
      view.show(progress)
    }
    interrupt.signal.throwIfAborted()
  } catch (error) {
    throw interrupt.signal.aborted ? stopped(name) : withServer(error, name)
  } finally {
    view.end()
  }
  if (stage.json) out(`${toJson({ ok: true, model: name, bytes })}\n`)
  else out(`fetched '${plain(name)}'\n`)
}

function viewOf({ json, quiet }: Stage): PullView {
  if (json || quiet) return silentPull
  const { stderr } = process
  const isDrawn = stderr.isTTY && process.env['TERM'] !== 'dumb'
  return isDrawn ? new PullBar(stderr.columns || 80) : new PullLines()
}

/** A bare name is one that Ollama uses, which is where models are fetched. */
function withServer(error: unknown, name: string): unknown {
  const isBare = isSpellError(error) && error.code === 'MODEL_UNKNOWN' && !name.includes('/')
  if (!isBare) return error
  return new SpellError(error.code, error.message, {
    hint: `Say which server: llmspell model pull ollama/${name}`,
    ...(error.details === undefined ? {} : { details: error.details }),
  })
}

function stopped(name: string): SpellError {
  return new SpellError('CANCELLED', `Fetching '${name}' was interrupted.`, {
    hint: `It goes on where it stopped with: llmspell model pull ${name}`,
  })
}
