import { SpellError, type PluginChange, type StoreOptions } from '@llmspell/sdk'
import { err } from '../../print/output.ts'
import { painter } from '../../print/style.ts'
import { readAnswer } from '../../run/answer.ts'
import { canAsk } from '../../run/ask.ts'
import { isOn, text } from '../../run/options.ts'
import type { Stage } from '../../stage.ts'
import { card, summary } from './card.ts'

/** Options of all that brings code: what the flags say, and who is asked. */
export function storeOptions(stage: Stage): StoreOptions {
  const { parsed } = stage
  const minAge = days(text(parsed, 'min-age'))
  return {
    consent: (changes) => consent(stage, changes),
    trust: isOn(parsed, 'trust'),
    git: isOn(parsed, 'allow-git'),
    ...(minAge === undefined ? {} : { minAge }),
    progress: progressOf(stage),
  }
}

/** Lines for who sits there; nothing where stderr is kept. */
function progressOf({ quiet }: Stage): (text: string) => void {
  const shown = process.stderr.isTTY && !quiet
  return (line) => void (shown && err(`${painter(true)('dim', `${line} …`)}\n`))
}

async function consent(stage: Stage, changes: readonly PluginChange[]): Promise<boolean> {
  const { parsed, json } = stage
  const paint = painter(process.stderr.isTTY)
  const asking = changes.filter(({ needs }) => needs !== 'nothing')
  if (!json && changes.length > 1) err(`${summary(changes, paint)}\n`)
  if (!json) err(asking.map((change) => card(change, paint)).join('\n'))
  const trusts = isOn(parsed, 'trust') || asking.every(({ needs }) => needs !== 'trust')
  if (isOn(parsed, 'yes') && trusts) return true
  if (!canAsk(parsed)) throw needed(asking, trusts)
  err(`${question(asking)} [y/N] `)
  const typed = await readAnswer(new AbortController().signal)
  return /^y(?:es)?$/i.test(typed?.trim() ?? '')
}

function question(asking: readonly PluginChange[]): string {
  const trust = asking.some(({ needs }) => needs === 'trust')
  return trust ? 'Trust its code with all that you may do?' : 'Accept it?'
}

function needed(asking: readonly PluginChange[], trusts: boolean): SpellError {
  const names = asking.map(({ package: name, version }) => `'${name}@${version}'`).join(', ')
  const what = trusts
    ? "'--yes'"
    : "'--yes' and '--trust', since its code would run in the process of llmspell"
  const message = `${names} was not installed: expected ${what} where nobody can be asked.`
  const hint = `Read what it asks for, then pass --yes${trusts ? '' : ' --trust'}.`
  const details = { asks: structuredClone(asking) as never }
  return new SpellError('CONSENT_NEEDED', message, { hint, details })
}

function days(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (/^\d{1,5}(?:\.\d+)?d?$/.test(given)) return Number.parseFloat(given)
  throw new SpellError('FLAG_INVALID', `Flag '--min-age' expects days, found '${given}'.`, {
    hint: 'Write a number: --min-age=3',
  })
}
