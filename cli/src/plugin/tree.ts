import type { KernelReport, PluginReport, Problem } from '@llmspell/kernel'
import { PHASES } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint, Style } from '../print/style.ts'

const STATES: Readonly<Record<PluginReport['state'], readonly [mark: string, style: Style]>> = {
  active: ['✓', 'green'],
  activating: ['…', 'yellow'],
  resolved: ['·', 'dim'],
  disposed: ['·', 'dim'],
  failed: ['✗', 'red'],
  skipped: ['-', 'yellow'],
}

/** The report as a tree of phases and plugins, with times in ms and what went wrong. */
export function reportTree(report: KernelReport, paint: Paint): string {
  const phases = [...new Set<string>([...PHASES, ...report.plugins.map((row) => row.phase)])]
  const blocks = phases.flatMap((phase) => phaseBlock(phase, report, paint))
  return `${blocks.join('\n')}\n`
}

function phaseBlock(phase: string, report: KernelReport, paint: Paint): string[] {
  const rows = report.plugins.filter((row) => row.phase === phase)
  if (rows.length === 0) return []
  return [paint('bold', phase), ...rows.flatMap((row) => pluginLines(row, paint))]
}

function pluginLines(row: PluginReport, paint: Paint): string[] {
  const [mark, style] = STATES[row.state]
  const total = row.ms.load + row.ms.setup
  const times = `${time(total)}  load ${time(row.ms.load)}  setup ${time(row.ms.setup)}`
  const shown = total > 0 ? times : row.state
  const name = `${row.id}@${row.version}`
  return [
    `  ${paint(style, mark)} ${name.padEnd(30)} ${paint('dim', shown)}`,
    ...faults(row, paint),
  ]
}

function faults({ failure, missing }: PluginReport, paint: Paint): string[] {
  const texts = [
    ...(failure ? [paint('red', `${failure.code}: ${plain(failure.message)}`)] : []),
    ...(failure?.hint ? [`hint: ${plain(failure.hint)}`] : []),
    ...(missing.length > 0 ? [`declared but not registered: ${missing.join(', ')}`] : []),
  ]
  return texts.map((text) => `      ${text}`)
}

const time = (ms: number): string => `${ms.toFixed(1)} ms`

/** The problems of manifests and config that no row of the tree tells, one paragraph each. */
export function problemLines(
  report: KernelReport,
  problems: readonly Problem[],
  paint: Paint,
): string {
  const told = new Set(report.plugins.map((row) => row.failure?.message))
  const rest = problems.filter((problem) => !told.has(problem.text))
  const texts = rest.map(({ severity, code, text, hint }) => {
    const head = paint(severity === 'error' ? 'red' : 'yellow', `${severity}[${code}]`)
    return `${head}: ${plain(text)}\n${hint ? `hint: ${plain(hint)}\n` : ''}`
  })
  return texts.length > 0 ? `\n${texts.join('')}` : ''
}
