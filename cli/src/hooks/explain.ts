import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter, type Paint } from '../print/style.ts'
import { WIDTH } from '../print/table.ts'
import { cut } from '../runs/texts.ts'
import type { Stage } from '../stage.ts'
import { tracesOf, type HookEvent, type Trace } from './service.ts'
import { hookName } from './tree.ts'

/** `hooks explain RUN`. */
export async function explainHooks(stage: Stage): Promise<void> {
  const kernel = await stage.open(await stage.config())
  const trace = await (await tracesOf(kernel)).read(stage.parsed.args[0] ?? 'latest')
  if (stage.json) out(`${toJson({ ok: true, trace })}\n`)
  else out(page(trace, painter(process.stdout.isTTY)))
}

function page(trace: Trace, paint: Paint): string {
  const { run, file = '', began, ms, ok, code = 'failed', left_out } = trace
  const hooks = trace.events.filter((event) => event.type === 'hook')
  const facts = [plain(file), ok ? 'succeeded' : code, `${ms.toFixed(1)} ms`, began].filter(Boolean)
  const told = left_out > 0 ? [`${left_out} later events were not kept.`] : []
  const lines =
    hooks.length === 0 ? ['No hook ran.'] : hooks.flatMap((hook, i) => rows(hook, i, paint))
  const head = [paint('bold', plain(run)), facts.join('  '), sumText(hooks)]
  return [...head, '', ...lines, ...told].map((line) => `${line}\n`).join('')
}

function sumText(hooks: readonly HookEvent[]): string {
  const taken = hooks.reduce((sum, { ms }) => sum + ms, 0)
  return `${hooks.length} ${hooks.length === 1 ? 'call' : 'calls'} of hooks, ${taken.toFixed(1)} ms`
}

function rows(hook: HookEvent, index: number, paint: Paint): string[] {
  const { at, ms, point, outcome, error, changes = [] } = hook
  const left = `${String(index + 1).padStart(4)} ${`+${at.toFixed(1)}`.padStart(9)} ${ms.toFixed(2).padStart(8)} ms  `
  const did = outcome === 'failed' ? `failed: ${error ?? ''}` : outcome
  const room = WIDTH - left.length
  const name = tail(plain(hookName(hook)), room - `${point} of  ${outcome}`.length)
  const text = `${point} of ${name} ${plain(did)}`.replaceAll(/\s+/g, ' ')
  const inner = ' '.repeat(left.length)
  return [
    paint('dim', left) + cut(text, room),
    ...changes.map((change) => inner + cut(plain(change), WIDTH - inner.length)),
  ]
}

const LEAST = 12

/** The end of a name: of a path that is what tells it from others. */
function tail(name: string, room: number): string {
  const most = Math.max(room, LEAST)
  return name.length <= most ? name : `…${name.slice(1 - most)}`
}
