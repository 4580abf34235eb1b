import { durationText, fromErrorRecord, SpellError } from '@llmspell/sdk'
import { exitCode } from '../exit.ts'
import { errorItems } from '../kernel/open.ts'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { failureText } from '../print/failure.ts'
import { err, out } from '../print/output.ts'
import { ProgressLine } from '../print/progress.ts'
import { table, WIDTH, wrap } from '../print/table.ts'
import { painter, type Paint } from '../print/style.ts'
import { Interrupt } from '../run/interrupt.ts'
import { isOn } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { modelsOf } from './service.ts'
import { costText } from './texts.ts'
import { keyedModels, tryModel, type Tried } from './try.ts'

/**
 * Asks one model, or one of every provider that has a key.
 * @returns the exit code: that of the first failure
 */
export async function testModels(stage: Stage): Promise<number> {
  const [given] = stage.parsed.args
  const all = isOn(stage.parsed, 'all')
  if (all && given !== undefined) throw both(given)
  const { kernel, models } = await modelsOf(stage)
  using interrupt = new Interrupt()
  const { model = given } = given === undefined ? await stage.config() : {}
  const names = all ? await keyedModels(models, interrupt.signal) : [model]
  if (names.length === 0) throw noKeys()
  const line = new ProgressLine({ quiet: stage.json || stage.quiet })
  const tried: Tried[] = []
  for (const name of names) {
    tried.push(await tryModel(kernel, name, interrupt.signal, line))
    line.clear()
    if (!stage.json && !all) print(tried.at(-1)!)
    interrupt.signal.throwIfAborted()
  }
  if (stage.json) out(`${toJson({ ok: tried.every(({ ok }) => ok), tests: tried })}\n`)
  else if (all) out(testTable(tried, painter(process.stdout.isTTY)))
  const failure = tried.find(({ error }) => error)?.error
  return failure ? exitCode(fromErrorRecord(failure), errorItems(kernel)) : 0
}

/** One row for each, a failure with its first words. */
function testTable(tried: readonly Tried[], paint: Paint): string {
  const rows = tried.map(({ model = '(default)', ok, total_ms, cost = 0, error }) => [
    model,
    durationText(total_ms),
    ok ? `ok, ${costText(cost)}` : `FAILED: ${error?.message ?? 'no answer'}`,
  ])
  return table(['MODEL', 'TIME', 'RESULT'], rows, paint)
}

function print(tried: Tried): void {
  const { ok, model = '(default)', error } = tried
  if (ok) return out(`${wrap(plain(`${model}: ${okText(tried)}`), WIDTH - 2).join('\n  ')}\n`)
  out(`${plain(model)}: failed after ${durationText(tried.total_ms)}\n`)
  err(failureText(fromErrorRecord(error!), painter(process.stderr.isTTY)))
}

function okText({ mock, first_ms = 0, total_ms, attempts = 1, ...facts }: Tried): string {
  const { input_tokens: sent = 0, output_tokens: got = 0, cost = 0 } = facts
  const parts = [
    mock ? 'ok (mock: no model was asked)' : 'ok',
    `first word after ${durationText(first_ms)}, all after ${durationText(total_ms)}`,
    `${sent} tokens in, ${got} out`,
    ...(mock ? [] : [costText(cost)]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
  ]
  return parts.join('; ')
}

function both(name: string): SpellError {
  const text = `'llmspell model test' takes '${name}' or --all, and not both.`
  return new SpellError('FLAG_INVALID', text, { hint: 'Leave one of them out.' })
}

function noKeys(): SpellError {
  const text = 'No provider has a key: there is nothing to test.'
  return new SpellError('PROVIDER_KEY_MISSING', text, {
    hint: 'See where keys are looked for with: llmspell model info openai/gpt-4o-mini',
  })
}
