import { SpellError, now, type TapeMode } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { isOn, runOptions, text } from '../run/options.ts'
import type { Parsed } from '../parse.ts'
import type { Stage } from '../stage.ts'
import { count } from '../units.ts'
import { findTests } from './find.ts'
import {
  caseEvent,
  caseLine,
  failuresText,
  scriptEvent,
  summaryEvent,
  summaryLine,
  summaryOf,
  type Summary,
  tapeText,
} from './print.ts'
import { NO_CASE } from './whole.ts'
import { runTest, type ScriptReport, type TestOptions } from './script.ts'

/**
 * Runs test scripts and prints what became of their cases.
 * @returns the exit code: 1 where one failed
 */
export async function runTests(stage: Stage): Promise<number> {
  const { parsed, json } = stage
  refuseFlags(parsed)
  const mode = modeOf(parsed)
  const lanes = Math.min(count('concurrency', text(parsed, 'concurrency') ?? '1'), 64)
  runOptions(parsed)
  const files = findTests([...parsed.args, ...parsed.rest])
  const config = await stage.config()
  await stage.open(config)
  const paint = painter(process.stdout.isTTY)
  const started = now()
  const reports = await runAll(stage, files, lanes, (file) =>
    runTest(stage, config, file, {
      mode,
      filter: text(parsed, 'filter'),
      bail: isOn(parsed, 'bail'),
      userStore: isOn(parsed, 'user-store'),
      onCase: (name, found) => out(json ? caseEvent(name, found) : caseLine(name, found, paint)),
    } satisfies TestOptions),
  )
  const summary = summaryOf(reports, now() - started)
  refuseNone(text(parsed, 'filter'), summary)
  out(json ? summaryEvent(summary) : summaryLine(summary, paint))
  if (!json) for (const report of reports) out(tapeText(report) + failuresText(report, paint))
  if (summary.failed === 0) return 0
  return isEmpty(reports) ? EXIT_CODES.input : EXIT_CODES.script
}

/** True where no script has a case. */
function isEmpty(reports: readonly ScriptReport[]): boolean {
  const found = reports.flatMap(({ cases }) => cases)
  return found.every(({ name, error }) => name === '(script)' && error?.code === NO_CASE)
}

/** @throws FILTER_UNKNOWN where the filter leaves no case */
function refuseNone(filter: string | undefined, { passed, failed, skipped }: Summary): void {
  if (filter === undefined || passed + failed > 0) return
  const text = `No case has '${filter}' in its name, of ${skipped}.`
  throw new SpellError('FILTER_UNKNOWN', text, {
    hint: 'Leave --filter out to see the names of all.',
  })
}

/** So many at a time, in the order of their names; none is begun after a failure with --bail. */
async function runAll(
  { json, parsed }: Stage,
  files: readonly string[],
  lanes: number,
  run: (file: string) => Promise<ScriptReport>,
): Promise<readonly ScriptReport[]> {
  const todo = [...files]
  const reports: ScriptReport[] = []
  const lane = async (): Promise<void> => {
    for (let file = todo.shift(); file !== undefined; file = todo.shift()) {
      const report = await run(file)
      reports.push(report)
      if (json) out(scriptEvent(report))
      if (isOn(parsed, 'bail') && report.cases.some(({ ok }) => !ok)) todo.length = 0
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return reports.sort((a, b) => (a.file < b.file ? -1 : 1))
}

function modeOf(parsed: Parsed): TapeMode {
  if (isOn(parsed, 'update')) return 'record'
  return isOn(parsed, 'record') ? 'auto' : 'replay'
}

/** @throws FLAG_INVALID, FLAG_UNKNOWN */
function refuseFlags(parsed: Parsed): void {
  const flag = parsed.rest.find((word) => word.startsWith('-'))
  if (flag !== undefined) {
    throw new SpellError('FLAG_UNKNOWN', `Flag '${flag}' is not known to 'llmspell test'.`, {
      hint: 'See the flags with: llmspell test --help',
    })
  }
  if (!isOn(parsed, 'update')) return
  const other = ['record', 'filter', 'bail'].find((name) => parsed.flags[name] !== undefined)
  if (other === undefined) return
  const text = `Flags '--update' and '--${other}' exclude each other: what is not asked would be lost.`
  throw new SpellError('FLAG_INVALID', text, {
    hint: 'Record anew without it; --record keeps what is there.',
  })
}
