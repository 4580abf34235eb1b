import { PHASES } from '@llmspell/sdk'
import type { KernelReport, PluginReport } from './report.ts'

const WIDTH = 80

/** The report as a tree for people: phases, plugins with state and times, what is wrong. 80 columns. */
export function formatReport(report: KernelReport): string {
  const { version, imports, plugins, problems } = report
  const head = `kernel ${version}: ${plural(plugins.length, 'plugin')}, ${imports} imported`
  const known = PHASES.filter((phase) => plugins.some((plugin) => plugin.phase === phase))
  const unread = plugins.filter((plugin) => !PHASES.some((phase) => phase === plugin.phase))
  const groups = [
    ...known.map((phase) => ({
      title: titleOf(report, phase),
      rows: plugins.filter((p) => p.phase === phase),
    })),
    ...(unread.length > 0 ? [{ title: 'not readable', rows: unread }] : []),
  ]
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  return [
    head,
    ...groups.flatMap(({ title, rows }) => [title, ...rows.flatMap(linesOf)]),
    ...(warnings.length > 0
      ? ['warnings', ...warnings.flatMap(({ text }) => wrap(text, '  '))]
      : []),
  ].join('\n')
}

function titleOf(report: KernelReport, phase: string): string {
  const found = report.phases.find((entry) => entry.phase === phase)
  return found ? `${phase} ${time(found.ms)}` : phase
}

function linesOf(plugin: PluginReport): string[] {
  const { id, version, state, ms, failure, missing, host } = plugin
  const times = ms.load + ms.setup > 0 ? `load ${time(ms.load)}, setup ${time(ms.setup)}` : ''
  const line = `  ${`${id} ${version}`.padEnd(32)} ${state.padEnd(10)} ${times}`
  return [
    cut(line.trimEnd()),
    ...(host === undefined ? [] : [`      in the host '${host}'`]),
    ...(failure
      ? [`      ${failure.code} (${failure.step})`, ...wrap(failure.message, '      ')]
      : []),
    ...(failure?.hint === undefined ? [] : wrap(`→ ${failure.hint}`, '      ')),
    ...(missing.length > 0 ? wrap(`not registered: ${missing.join(', ')}`, '      ') : []),
  ]
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(/\s+/)) {
    if (line.length > indent.length && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = indent
    }
    line += line.length > indent.length ? ` ${word}` : word
  }
  return [...lines, line].map(cut)
}

function cut(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line
}

function time(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
