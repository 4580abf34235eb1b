import { isAbsolute } from 'node:path'
import { printable } from '@llmspell/sdk'
import type { PermissionDecision, PermissionNeed } from '@llmspell/sdk'
import { belowRoot } from './path.ts'

type Refusal = Extract<PermissionDecision, { allowed: false }>

const VERBS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'write',
  net: 'connect to',
  run: 'run',
  env: 'see the variable',
}

/** `Tool 'file-read' may not read 'docs/x.md': nothing on the command line grants it.` */
export function sentence(need: PermissionNeed, { reason }: Refusal, root: string, subject: string): string {
  const verb = VERBS[need.permission] ?? `use ${need.permission}`
  return `${subject} may not ${verb} '${shownTarget(need, root)}': ${reason}.`
}

export function deniedBy(
  need: PermissionNeed,
  holder: string,
  grant: string,
  root: string,
): Refusal {
  const rule = `${need.permission}=${printable(grant)}`
  const hint =
    holder === 'command line'
      ? `Remove --deny-${rule}, or leave '${shownTarget(need, root)}' alone.`
      : `Leave '${shownTarget(need, root)}' alone, or change what ${holder} denies.`
  return { allowed: false, holder, reason: `the ${holder} denies it by '${rule}'`, hint }
}

export function notGranted(need: PermissionNeed, holder: string, root: string): Refusal {
  const rule = `${need.permission}=${flagTarget(need, root)}`
  if (holder === 'command line') {
    const reason = 'nothing on the command line grants it'
    return { allowed: false, holder, reason, hint: `Add --allow-${rule}` }
  }
  const hint = `Give ${holder} the permission ${rule}, which the command line must grant too.`
  return { allowed: false, holder, reason: `${holder} does not hold that permission`, hint }
}

/** The target for people: as it was asked for, else relative to the root. */
export function shownTarget({ permission, target, shown }: PermissionNeed, root: string): string {
  if (shown !== undefined) return printable(shown)
  if (permission !== 'read' && permission !== 'write') return printable(target)
  return printable(belowRoot(root, target) ?? 'a path outside the folder of the run')
}

function flagTarget(need: PermissionNeed, root: string): string {
  const text = shownTarget(need, root)
  if (need.permission !== 'read' && need.permission !== 'write') return quoted(text)
  if (need.shown === undefined && belowRoot(root, need.target) === undefined) return '<folder>'
  return quoted(text.startsWith('.') || isAbsolute(text) ? text : `./${text}`)
}

function quoted(text: string): string {
  return /[\s"'`$&|;<>()*?[\]{}!#~\\]/.test(text)
    ? `'${text.replaceAll("'", String.raw`'\''`)}'`
    : text
}
