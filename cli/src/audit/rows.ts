import { isAbsolute, relative } from 'node:path'
import type { AuditLine } from '@llmspell/sdk'

/** Longest word that fits into the last column. */
const LONGEST = 46

/** Lines of the audit for a table: time, outcome, decision. */
export function auditRows(lines: readonly AuditLine[], root = process.cwd()): string[][] {
  return lines.map(({ at, outcome, permission, target, subject, actors, by }) => {
    const who = actors[0] === 'script' ? '' : `, ${actors.join(' › ')}`
    const decision = `${permission} ${near(target, root)} (${subject}${who}; ${by})`
    return [at.slice(0, 19).replace('T', ' '), outcome, broken(decision)]
  })
}

function near(target: string, root: string): string {
  if (!isAbsolute(target)) return target
  const below = relative(root, target)
  return below === '' || below.startsWith('..') ? target : `./${below}`
}

/** Words that no column holds are cut into pieces. */
function broken(text: string): string {
  return text.replaceAll(new RegExp(`\\S{${LONGEST}}(?=\\S)`, 'g'), '$& ')
}
