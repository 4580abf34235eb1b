import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import type { GrantChain, RunOptions } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { pluginDefaults, withDefaults } from '../kernel/defaults.ts'
import { err } from '../print/output.ts'
import type { PolicyPlaces } from '../places.ts'
import type { Stage } from '../stage.ts'

/** The policy file of a project, below its folder. */
export const PROJECT_POLICY = join('.llmspell', 'policy.toml')

/** Where policies and audit are, as the plugin will be told. */
export function placesOf({ plugins }: Config): PolicyPlaces {
  const { env, platform } = process
  return withDefaults(plugins, pluginDefaults(env, platform))['permissions'] as never
}

/**
 * The chain of grants where a policy file counts; nothing where the flags are all there is, so that a start
 * without policies loads no code of theirs.
 * @throws POLICY_INVALID
 */
export async function policyChain(
  stage: Stage,
  kernel: Kernel,
  config: Config,
  { root = process.cwd(), allow = {}, deny = {} }: RunOptions,
): Promise<{ readonly grants?: GrantChain }> {
  const { system, user } = placesOf(config)
  if (![system, user, join(root, PROJECT_POLICY)].some(isThere)) return {}
  const policy = await kernel.use('policy')
  if (!stage.quiet) {
    const files = await policy.files(root)
    if (files.some(({ trusted }) => !trusted)) err(UNTRUSTED)
  }
  return { grants: await policy.chain(root, { allow, deny }) }
}

const UNTRUSTED =
  'warning: .llmspell/policy.toml does nothing: nobody has trusted it as it is now; ' +
  'read it, then: llmspell policy trust\n'

function isThere(path: string | undefined): boolean {
  return path !== undefined && statSync(path, { throwIfNoEntry: false }) !== undefined
}
