import type { Access, GrantLayer } from '@llmspell/sdk'

const SHELLS = new Set(
  'sh bash rbash dash ash zsh ksh mksh fish csh tcsh busybox toybox pwsh nu elvish xonsh'.split(
    ' ',
  ),
)

export function isShell(names: readonly string[]): boolean {
  return names.some((name) => SHELLS.has(name))
}

/** The same rights without `run=*`: a shell must be granted by its name. The manifest of a plugin names none. */
export function withoutStar(access: Access): Access {
  return { ...access, grants: access.grants.map(narrowed) }
}

function narrowed(layer: GrantLayer): GrantLayer {
  const { run } = layer.allow
  if (run === undefined || layer.holder.startsWith('plugin ')) return layer
  return { ...layer, allow: { ...layer.allow, run: run.filter((rule) => rule.trim() !== '*') } }
}
