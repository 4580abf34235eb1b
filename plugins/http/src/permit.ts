import { SpellError } from '@llmspell/sdk'
import type { Access, PermissionNeed, Permissions, Value } from '@llmspell/sdk'
import type { Checked } from './resolve.ts'
import { originAt, type Target } from './target.ts'

type Name = 'net' | 'net-private'

/** What a request sends, for a person who is asked. */
export type Sent = Readonly<Record<string, Value>>

interface Choice {
  readonly need: PermissionNeed
  readonly allowed: boolean
}

/**
 * Before the name is looked up, because a name can carry words out too: without a grant for the origin, or of a
 * range that may still cover it, it ends here. True once somebody has said yes.
 */
export async function permitLookup(
  permissions: Permissions,
  target: Target,
  access: Access,
  { sent, closed }: { readonly sent: Sent; readonly closed: boolean },
): Promise<boolean> {
  const also = closed ? [{ permission: 'net-private', target: target.origin }] : []
  const need: PermissionNeed = { permission: 'net', target: target.origin, facts: sent, also }
  const decision = permissions.decide(need, access)
  if (decision.allowed || (decision.rule === undefined && grantsByAddress(access))) return false
  await permissions.require(need, access)
  return true
}

/** Decides on the addresses that will be used, the needs that are refused first. @throws PERMISSION_DENIED */
export async function permitAddresses(
  permissions: Permissions,
  target: Target,
  found: readonly Checked[],
  access: Access,
  asked: boolean,
  sent: Sent = {},
): Promise<void> {
  const closed = found.filter((each) => each.class !== 'public')
  if (closed.some((each) => each.class === 'metadata' && !isNamed(each.address, access)))
    await refuseMetadata(permissions, target, access)
  const choose = (name: Name, addresses: readonly Checked[]): Choice =>
    choiceOf(permissions, name, target, addresses, access, sent)
  const choices = asked ? [] : [choose('net', found)]
  if (closed.length > 0) choices.push(choose('net-private', closed))
  for (const { need } of choices.toSorted((a, b) => Number(a.allowed) - Number(b.allowed)))
    await permissions.require(need, access)
}

/** The origin, or where only addresses are granted, all of them; a denied address counts against the origin. */
function choiceOf(
  permissions: Permissions,
  permission: Name,
  target: Target,
  addresses: readonly Checked[],
  access: Access,
  sent: Sent,
): Choice {
  const facts = {
    ...sent,
    address: addresses.map((each) => each.address),
    class: classesOf(addresses),
  }
  const needOf = (at: string): PermissionNeed => ({
    permission,
    target: at,
    shown: target.origin,
    facts,
  })
  const needs = addresses.map(({ address }) => needOf(originAt(target, address)))
  const decisions = needs.map((need) => permissions.decide(need, access))
  const denied = decisions.findIndex((each) => !each.allowed && each.rule !== undefined)
  if (denied >= 0) return { need: needs[denied]!, allowed: false }
  const own = needOf(target.origin)
  if (permissions.decide(own, access).allowed) return { need: own, allowed: true }
  const allowed = decisions.every((each) => each.allowed)
  return { need: allowed ? needs[0]! : own, allowed }
}

function classesOf(addresses: readonly Checked[]): string {
  return [...new Set(addresses.map((each) => each.class))].join(', ')
}

const RANGE = /^\[?[0-9a-f.:]+\]?\/\d{1,3}(?::(?:\d+|\*))?$/i

/** Some layer has a range: only that is about what a name leads to. */
function grantsByAddress({ grants }: Access): boolean {
  return grants.some(({ allow }) => (allow['net'] ?? []).some((rule) => RANGE.test(rule.trim())))
}

/** A person's own layer, not one of an agent or plugin, has this very address: a wildcard or a range is no such word. */
function isNamed(address: string, { grants }: Access): boolean {
  const inner = grants.findIndex(({ holder }) => /^(?:agent|plugin|tool|service)\b/.test(holder))
  const outer = inner < 0 ? grants : grants.slice(0, inner)
  const rules = outer.flatMap(({ allow }) => [
    ...(allow['net'] ?? []),
    ...(allow['net-private'] ?? []),
  ])
  return rules.some((rule) => addressOf(rule) === addressOf(address))
}

/** The one host that a rule or text names, in one form; undefined for a range. */
function addressOf(rule: string): string | undefined {
  const [, host = rule] = /^https?:\/\/(.*?)\/?$/.exec(rule) ?? []
  if (host.includes('/')) return undefined
  const bare = !host.includes('[') && host.split(':').length > 2
  return URL.parse(`http://${bare ? `[${host}]` : host}`)?.hostname
}

/** By the way of a deny, so that the refusal leaves its line in the audit. */
async function refuseMetadata(
  permissions: Permissions,
  target: Target,
  access: Access,
): Promise<never> {
  const deny = { 'net-private': [target.origin] }
  const layer = { holder: 'service http', allow: { 'net-private': ['*', '*:*'] }, deny }
  const facts = { class: 'metadata' }
  const need = { permission: 'net-private', target: target.origin, shown: target.origin, facts }
  await permissions.require(need, { ...access, grants: [layer, ...access.grants] })
  const text = `${access.subject} may not connect to '${target.origin}': addresses of cloud metadata are closed.`
  throw new SpellError('PERMISSION_DENIED', text, {
    hint: 'Grant that very address by --allow-net, if it is meant.',
  })
}
