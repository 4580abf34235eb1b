import type { PluginChecks, PluginProblem } from '@llmspell/sdk'
import type { Finding } from './finding.ts'
import { isTable, type PackageJson } from './manifest.ts'

/** What the kernel says of the plugin, beside those that are installed. */
export async function manifestFindings(
  folder: string,
  json: PackageJson,
  checks: PluginChecks,
): Promise<Finding[]> {
  const { problems } = checks.read(json)
  const broken = problems.some(({ severity }) => severity === 'error')
  const { plugins, problems: all } = broken
    ? { plugins: [], problems: [] }
    : await checks.trial({ linked: [folder] })
  const { id } = json['llmspell'] as { readonly id?: unknown }
  const rows = plugins.filter(({ root }) => root === folder).flatMap((row) => row.problems)
  const own = [...problems, ...rows, ...all.filter(({ plugin }) => plugin === id)]
  const told = new Map(own.map((problem) => [problem.text, problem]))
  return [...[...told.values()].map(findingOf), ...rangeFindings(json)]
}

function findingOf({ severity, text, path, hint }: PluginProblem): Finding {
  const where = path === '' || text.includes(path) ? text : `${path}: ${text}`
  return { level: severity, check: 'manifest', text: where, ...(hint ? { hint } : {}) }
}

function rangeFindings(json: PackageJson): Finding[] {
  const engines = isTable(json['engines']) ? json['engines'] : {}
  const peers = isTable(json['peerDependencies']) ? json['peerDependencies'] : {}
  const own = isTable(json['dependencies']) ? json['dependencies'] : {}
  const wrong: [boolean, Omit<Finding, 'check'>][] = [
    [
      engines['llmspell'] === undefined,
      {
        level: 'error',
        text: "package.json has no 'engines.llmspell': nobody knows which versions it fits.",
        hint: 'Write the range of the contract: "engines": { "llmspell": "^0.2.0" }',
      },
    ],
    [
      engines['node'] === undefined,
      {
        level: 'warning',
        text: "package.json has no 'engines.node'.",
        hint: 'Write: "engines": { "node": ">=24" }',
      },
    ],
    [
      own['@llmspell/sdk'] !== undefined,
      {
        level: 'error',
        text: "'@llmspell/sdk' is among the dependencies: each plugin would bring a copy.",
        hint: 'Move it to peerDependencies, and to devDependencies for the tests.',
      },
    ],
    [
      own['@llmspell/sdk'] === undefined && peers['@llmspell/sdk'] === undefined,
      {
        level: 'warning',
        text: "'@llmspell/sdk' is not among the peerDependencies.",
        hint: 'Write its range there, unless your build copies what you use of it.',
      },
    ],
  ]
  return wrong.flatMap(([is, finding]) => (is ? [{ ...finding, check: 'manifest' as const }] : []))
}
