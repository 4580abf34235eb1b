import { realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { GrantChain, PermissionSet, Policy, PolicyFile } from '@llmspell/sdk'
import { PROJECT_POLICY, type Places } from '../protect.ts'
import { boundsOf, givenLayer, type Project } from './layers.ts'
import { parsePolicy, type Parsed, type Scope } from './parse.ts'
import { readPolicy, unusable } from './read.ts'
import { appendRule } from './remember.ts'
import { Trust } from './trust.ts'

/** A file as it lies there; not parsed, since one that nobody trusts may hold anything. */
interface Found extends PolicyFile {
  readonly label: string
  readonly text: string
}

/** The service `policy` over the given places. */
export function openPolicy(places: Places): Policy {
  const trust = new Trust(places.state)

  async function found(root: string): Promise<readonly Found[]> {
    const project = join(await real(root), PROJECT_POLICY)
    const all = [
      await look('system', places.system, 'system policy.toml'),
      await look('user', places.user, 'policy.toml'),
      await look('project', project, '.llmspell/policy.toml', (text) => trust.holds(project, text)),
    ]
    return all.filter((file) => file !== undefined)
  }

  async function chain(
    root: string,
    given: { readonly allow?: PermissionSet; readonly deny?: PermissionSet },
  ): Promise<GrantChain> {
    const home = await real(root)
    const files = (await found(root)).filter((file) => file.trusted)
    const parsed = files.map(({ text, label, scope }) => parsePolicy(text, label, scope))
    const parts = parsed.map((file) => ({ file, projects: projectsOf(file, home) }))
    const bounds = parts.map(({ file, projects }) => boundsOf(file, projects))
    return [...bounds.filter((layer) => layer !== undefined), givenLayer(parts, given)]
  }

  async function remember(root: string, rule: string): Promise<PolicyFile> {
    const { user } = places
    if (user === undefined)
      throw unusable(
        'policy.toml',
        'has no place: the host has named none',
        'Write the rule elsewhere.',
      )
    const text = (await readPolicy(user, 'policy.toml')) ?? ''
    const home = await real(root)
    const parsed = parsePolicy(text, 'policy.toml', 'user')
    const known = projectsOf(parsed, home).some(({ tables }) => holds(tables.allow, rule))
    if (!known) await appendRule(user, text, home, rule)
    return { path: user, scope: 'user', trusted: true }
  }

  async function trustProject(root: string): Promise<PolicyFile> {
    const path = join(await real(root), PROJECT_POLICY)
    const label = '.llmspell/policy.toml'
    const text = await readPolicy(path, label)
    if (text === undefined) throw unusable(label, 'does not exist', 'Write it first.')
    if (!trust.possible)
      throw unusable(label, 'cannot be trusted: the host keeps no state', 'Name a folder for it.')
    parsePolicy(text, label, 'project')
    await trust.add(path, text)
    return { path, scope: 'project', trusted: true }
  }

  return {
    chain,
    files: async (root) =>
      (await found(root)).map(({ path, scope, trusted }) => ({ path, scope, trusted })),
    remember,
    trust: trustProject,
    check: async (file, scope) => void (await checkFile(file, scope)),
  }
}

async function checkFile(file: string, scope: Scope = 'user'): Promise<Parsed> {
  const text = await readPolicy(file, file)
  if (text === undefined) throw unusable(file, 'does not exist', 'Correct the name.')
  return parsePolicy(text, file, scope)
}

async function look(
  scope: Scope,
  path: string | undefined,
  label: string,
  isTrusted: (text: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<Found | undefined> {
  if (path === undefined) return undefined
  const text = await readPolicy(path, label)
  if (text === undefined) return undefined
  return { path, scope, label, text, trusted: await isTrusted(text) }
}

/** The entries for this very folder. */
function projectsOf({ tables }: Parsed, root: string): readonly Project[] {
  const all = tables.projects ?? []
  return all.flatMap(({ path, allow, deny }, nth) => {
    const entry = { ...(allow ? { allow } : {}), ...(deny ? { deny } : {}) }
    return resolve(path) === root ? [{ nth, tables: entry as Project['tables'] }] : []
  })
}

function holds(tables: Project['tables']['allow'], rule: string): boolean {
  const equals = rule.indexOf('=')
  return tables?.[rule.slice(0, equals)]?.includes(rule.slice(equals + 1)) ?? false
}

function real(root: string): Promise<string> {
  return realpath(root).catch(() => resolve(root))
}
