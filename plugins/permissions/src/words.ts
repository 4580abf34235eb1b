import { isAbsolute } from 'node:path'
import { printable } from '@llmspell/sdk'
import type { PermissionDecision, PermissionNeed } from '@llmspell/sdk'
import { belowRoot } from './path.ts'

type Refusal = Extract<PermissionDecision, { allowed: false }>

const VERBS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'write',
  net: 'connect to',
  'net-private': 'connect to the private address',
  run: 'run',
  unjailed: 'run without a jail',
  env: 'see the variable',
  sys: 'see the system fact',
  secret: 'use the secret',
}

/** `Tool 'file-read' may not read 'docs/x.md': nothing on the command line grants it.` */
export function sentence(
  need: PermissionNeed,
  { reason }: Refusal,
  root: string,
  subject: string,
): string {
  const verb = VERBS[need.permission] ?? `use ${need.permission}`
  return `${subject} may not ${verb} '${shownTarget(need, root)}': ${reason}.`
}

/** @param rule as `net=a.org` */
export function deniedBy(
  need: PermissionNeed,
  holder: string,
  rule: string,
  root: string,
  source: string | undefined,
): Refusal {
  const shown = printable(rule)
  const place = source === undefined ? '' : ` (${printable(source)})`
  const target = shownTarget(need, root)
  const hint =
    holder === 'command line'
      ? `Remove --deny-${shown}, or leave '${target}' alone.`
      : `Leave '${target}' alone, or change what ${holder} denies.`
  const reason = `the ${holder} denies it by '${shown}'${place}`
  return {
    allowed: false,
    holder,
    rule,
    reason,
    hint,
    ...(source === undefined ? {} : { source }),
  }
}

export function notGranted(need: PermissionNeed, holder: string, root: string): Refusal {
  const rule = `${need.permission}=${flagTarget(need, root)}`
  if (holder === 'command line') {
    const reason = 'nothing on the command line grants it'
    return { allowed: false, holder, reason, hint: grantHint(need, rule) }
  }
  if (holder.endsWith(' policy')) {
    const hint = `Add ${rule} to [cap] of the ${holder}, or leave it alone.`
    return { allowed: false, holder, reason: `the cap of the ${holder} does not hold it`, hint }
  }
  const hint = `Give ${holder} the permission ${rule}, which the command line must grant too.`
  return { allowed: false, holder, reason: `${holder} does not hold that permission`, hint }
}

/** Why an agent may not send after it has seen both private data and text from outside. */
export function mixed(need: PermissionNeed, root: string): Refusal {
  return {
    allowed: false,
    holder: 'command line',
    reason:
      'the run has seen private data and text from outside, and an agent now wants to send, ' +
      'which nothing on the command line grants',
    hint: `Add --allow-mix=${need.permission === 'net' ? hostOf(need.target) : flagTarget(need, root)}`,
  }
}

/** No run writes what decides over runs. */
export function protectedFile(need: PermissionNeed, root: string): Refusal {
  return {
    allowed: false,
    holder: 'llmspell',
    rule: 'write=policy files',
    reason: 'no run may write the files of policy, trust and audit, whatever is allowed',
    hint: `Leave '${shownTarget(need, root)}' alone, or edit it yourself.`,
  }
}

function grantHint(need: PermissionNeed, rule: string): string {
  return need.permission === 'net-private' ? 'Add --allow-net-private' : `Add --allow-${rule}`
}

function hostOf(target: string): string {
  return URL.parse(target)?.host || quoted(printable(target))
}

/** The target for people: as it was asked for, else relative to the root. */
export function shownTarget({ permission, target, shown }: PermissionNeed, root: string): string {
  if (shown !== undefined) return printable(shown)
  if (!isPath(permission)) return printable(target)
  return printable(belowRoot(root, target) ?? 'a path outside the folder of the run')
}

function isPath(permission: string): boolean {
  return permission === 'read' || permission === 'write'
}

function flagTarget(need: PermissionNeed, root: string): string {
  const text = shownTarget(need, root)
  if (!isPath(need.permission)) return quoted(text)
  if (need.shown === undefined && belowRoot(root, need.target) === undefined) return '<folder>'
  return quoted(text.startsWith('.') || isAbsolute(text) ? text : `./${text}`)
}

function quoted(text: string): string {
  return /[\s"'`$&|;<>()*?[\]{}!#~\\]/.test(text)
    ? `'${text.replaceAll("'", String.raw`'\''`)}'`
    : text
}
