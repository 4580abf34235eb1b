import { isAbsolute } from 'node:path'
import { printable } from '@llmspell/sdk'
import type { GrantLayer, PermissionDecision, PermissionNeed, PermissionSet } from '@llmspell/sdk'
import { withOptions } from './names.ts'
import { belowRoot } from './path.ts'
import { isShellCommand } from './shells.ts'

type Refusal = Extract<PermissionDecision, { allowed: false }>

/** Of a program with its words, so that a hint has all of them. */
const LONGEST = 1000

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

export function notGranted(
  need: PermissionNeed,
  { holder, allow }: GrantLayer,
  root: string,
  also: readonly PermissionNeed[] = [],
): Refusal {
  const rule = `${need.permission}=${flagTarget(need, root)}`
  if (holder === 'command line') {
    const near = nearly(need, allow)
    const reason = `nothing on the command line grants it${near?.reason ?? ''}`
    const flags = grantFlags([need, ...also], root)
    return { allowed: false, holder, reason, hint: `Add ${flags}${near?.hint ?? ''}` }
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

/** Names of one kind stand behind one flag. */
function grantFlags(needs: readonly PermissionNeed[], root: string): string {
  const kinds = Map.groupBy(needs, ({ permission, target }) =>
    permission === 'env' || permission === 'sys' ? permission : `${permission} ${target}`,
  )
  const flags = [...kinds.values()].map(([first, ...rest]) =>
    [grantFlag(first!, root), ...rest.map((one) => flagTarget(one, root))].join(','),
  )
  return flags.join(' ')
}

function grantFlag(need: PermissionNeed, root: string): string {
  if (need.permission === 'net-private') return '--allow-net-private'
  return `--allow-${need.permission}=${flagTarget(need, root)}`
}

/** What a rule for programs lacks to cover it. */
function nearly(
  { permission, target }: PermissionNeed,
  allow: PermissionSet,
): { readonly reason: string; readonly hint: string } | undefined {
  if (permission !== 'run' && permission !== 'unjailed') return undefined
  const rules = Object.hasOwn(allow, permission) ? allow[permission]! : []
  if (permission === 'run' && rules.includes('*') && isShellCommand(target))
    return { reason: ": a shell must be named, 'run=*' does not cover it", hint: '' }
  const wider = rules.map((rule) => withOptions(rule, target)).find((rule) => rule !== undefined)
  if (wider === undefined) return undefined
  return {
    reason: ": a star at the end stands for values, not for options that begin with '-'",
    hint: `, or --allow-${permission}=${quoted(printable(wider))} for any options`,
  }
}

function hostOf(target: string): string {
  return URL.parse(target)?.host || quoted(printable(target))
}

/** The target for people: as it was asked for, else relative to the root. */
export function shownTarget({ permission, target, shown }: PermissionNeed, root: string): string {
  if (shown !== undefined) return printable(shown)
  if (!isPath(permission)) return printable(target, LONGEST)
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
