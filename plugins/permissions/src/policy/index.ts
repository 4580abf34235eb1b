import { realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { GrantChain, PermissionSet, Policy, PolicyFile } from '@llmspell/sdk'
import { PROJECT_POLICY, type Places } from '../protect.ts'
import { boundsOf, givenLayer, type Project } from './layers.ts'
import { parsePolicy, type Parsed, type Scope } from './parse.ts'
import { readPolicy, unusable } from './read.ts'
import { appendRule } from './remember.ts'
import { Trust } from './trust.ts'

const USER = 'policy.toml'
const PROJECT = '.llmspell/policy.toml'

/** A file as it lies there; not parsed, since one that nobody trusts may hold anything. */
interface Found extends PolicyFile {
  readonly label: string
  readonly text: string
}

/** The service `policy` over the given places. */
export class PolicyFiles implements Policy {
  readonly #places: Places
  readonly #trust: Trust

  constructor(places: Places) {
    this.#places = places
    this.#trust = new Trust(places.state)
  }

  async chain(
    root: string,
    given: { readonly allow?: PermissionSet; readonly deny?: PermissionSet },
  ): Promise<GrantChain> {
    const home = await real(root)
    const files = (await this.#found(home)).filter((file) => file.trusted)
    const parsed = files.map(({ text, label, scope }) => parsePolicy(text, label, scope))
    const parts = parsed.map((file) => ({ file, projects: projectsOf(file, home) }))
    const bounds = parts.map(({ file, projects }) => boundsOf(file, projects))
    return [...bounds.filter((layer) => layer !== undefined), givenLayer(parts, given)]
  }

  async files(root: string): Promise<readonly PolicyFile[]> {
    const found = await this.#found(await real(root))
    return found.map(({ path, scope, trusted }) => ({ path, scope, trusted }))
  }

  async remember(root: string, rule: string): Promise<PolicyFile> {
    const { user } = this.#places
    if (user === undefined) throw unusable(USER, 'has no place', 'Write the rule elsewhere.')
    const text = (await readPolicy(user, USER)) ?? ''
    const home = await real(root)
    const known = projectsOf(parsePolicy(text, USER, 'user'), home)
    if (!known.some(({ tables }) => holds(tables.allow, rule)))
      await appendRule(user, text, home, rule)
    return { path: user, scope: 'user', trusted: true }
  }

  async trust(root: string): Promise<PolicyFile> {
    const path = join(await real(root), PROJECT_POLICY)
    const text = await readPolicy(path, PROJECT)
    if (text === undefined) throw unusable(PROJECT, 'does not exist', 'Write it first.')
    if (!this.#trust.possible)
      throw unusable(PROJECT, 'cannot be trusted: the host keeps no state', 'Name a folder for it.')
    parsePolicy(text, PROJECT, 'project')
    await this.#trust.add(path, text)
    return { path, scope: 'project', trusted: true }
  }

  async check(file: string, scope: Scope = 'user'): Promise<void> {
    const text = await readPolicy(file, file)
    if (text === undefined) throw unusable(file, 'does not exist', 'Correct the name.')
    parsePolicy(text, file, scope)
  }

  /** @param root real */
  async #found(root: string): Promise<readonly Found[]> {
    const { system, user } = this.#places
    const project = join(root, PROJECT_POLICY)
    const all = [
      await look('system', system, 'system policy.toml'),
      await look('user', user, USER),
      await look('project', project, PROJECT, (text) => this.#trust.holds(project, text)),
    ]
    return all.filter((file) => file !== undefined)
  }
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
