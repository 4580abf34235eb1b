import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Packed } from './check-pack.ts'
import type { Finding } from './finding.ts'
import { isTable, type PackageJson } from './manifest.ts'

interface Use {
  readonly pattern: RegExp
  readonly what: string
  /** Any of these in the manifest declares it. */
  readonly permissions: readonly string[]
  readonly instead: string
}

const module = (names: string): RegExp =>
  new RegExp(`(?:from|import|require|getBuiltinModule)\\s*\\(?\\s*['"](?:node:)?(?:${names})['"]`)

const USES: readonly Use[] = [
  {
    pattern: module('fs(?:/promises)?'),
    what: 'files by node:fs',
    permissions: ['read', 'write'],
    instead: "the service 'files'",
  },
  {
    pattern: new RegExp(
      `${module('net|tls|dgram|https?|http2').source}|\\bfetch\\(|new WebSocket\\(`,
    ),
    what: 'the network',
    permissions: ['net', 'net-private'],
    instead: "the service 'http'",
  },
  {
    pattern: module('child_process|cluster'),
    what: 'programs by node:child_process',
    permissions: ['run', 'unjailed'],
    instead: "the service 'sandbox'",
  },
  {
    pattern: /\bprocess\.env\b/,
    what: 'the environment by process.env',
    permissions: ['env', 'secret'],
    instead: "a key of the config, or the service 'secrets'",
  },
]

/** What the code visibly uses past the services, and the manifest does not declare. It is a look, and no proof. */
export function rightFindings(
  folder: string,
  json: PackageJson,
  pack: Packed | undefined,
): Finding[] {
  const { permissions } = isTable(json['llmspell']) ? json['llmspell'] : {}
  const declared = Object.keys(isTable(permissions) ? permissions : {})
  const paths = pack?.files.map(({ path }) => path) ?? globSync('dist/**', { cwd: folder })
  const code = paths.filter((path) => /\.[cm]?js$/.test(path) && existsSync(join(folder, path)))
  return code.flatMap((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    return USES.filter((use) => !use.permissions.some((name) => declared.includes(name))).flatMap(
      (use) => findingOf(use, file, lines),
    )
  })
}

function findingOf(use: Use, file: string, lines: readonly string[]): Finding[] {
  const index = lines.findIndex((line) => use.pattern.test(line))
  if (index < 0) return []
  const wanted = use.permissions.map((name) => `'${name}'`).join(' or ')
  const text = `The code uses ${use.what}, and the manifest declares no permission ${wanted}.`
  const hint = `Declare it, or use ${use.instead} instead.`
  return [{ level: 'warning', check: 'permissions', text, hint, file, line: index + 1 }]
}
