import { realpathSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import type { Access } from '@llmspell/sdk'

interface Rule {
  readonly name: string
  readonly fits: RegExp
}

/** Names of one path are joined and framed by slashes, small and without invisible characters. */
const RULES: readonly Rule[] = [
  { name: '.git', fits: /\/(?:\.git|git~1)\// },
  { name: '.hg', fits: /\/\.hg\// },
  { name: '.svn', fits: /\/\.svn\// },
  { name: 'files of an editor', fits: /\/\.(?:vscode|idea|devcontainer)\// },
  {
    name: 'files of a build server',
    fits: /\/\.github\/(?:workflows|actions)\/|\/\.gitlab-ci\.ya?ml\/$|\/\.circleci\//,
  },
  { name: 'hooks', fits: /\/\.husky\/|\/\.pre-commit-config\.ya?ml\/$/ },
  { name: 'files of a package tool', fits: /\/(?:\.npmrc|\.yarnrc[^/]*|\.pnpmfile\.[^/]*)\/$/ },
  { name: '.llmspell', fits: /\/\.llmspell\// },
  { name: 'policy files', fits: /\/(?:llmspell\/policy|llmspell)\.toml\/$|\/\.config\/llmspell\// },
  { name: '.env', fits: /\/\.env[^/]*\// },
  { name: 'node_modules/.bin', fits: /\/node_modules\/\.bin\// },
  { name: 'package.json', fits: /\/package\.json\/$/ },
  {
    name: 'files of a shell',
    fits: /\/(?:\.(?:bash|zsh|ksh|csh|tcsh|sh)(?:rc|env|_?profile|_?log(?:in|out))|\.profile|\.log(?:in|out)|\.inputrc|\.gitconfig)\/$|\/\.config\/fish\//,
  },
]

/**
 * What must not be written inside of a granted folder, as a word for people; undefined for the rest.
 * Case is ignored and lookalikes are folded: what a file system may take for the same name is the same.
 */
export function protectedBy(place: string): string | undefined {
  const path = `/${place.split(sep).filter(Boolean).map(folded).join('/')}/`
  return RULES.find(({ fits }) => fits.test(path))?.name
}

/**
 * Whether whoever started the run named exactly this file. The layers below the command line are not
 * looked at: a script may have made them.
 */
export function isNamed(place: string, { grants, root }: Access): boolean {
  const given = grants.findIndex(({ holder }) => holder === 'command line')
  const layers = grants.slice(0, Math.max(given, 0) + 1)
  const rules = layers.flatMap(({ allow }) => allow['write'] ?? [])
  return rules.some((rule) => formsOf(resolve(root, rule)).includes(place))
}

function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toLowerCase()
}

/** As written and as it really is: a folder above may be a link. */
function formsOf(path: string): readonly string[] {
  try {
    return [path, realpathSync.native(path)]
  } catch {
    return [path]
  }
}
