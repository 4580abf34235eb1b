import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from './finding.ts'
import { isTable, type PackageJson } from './manifest.ts'

type Row = readonly [wrong: boolean, ...Omit<Finding, 'level'>[]]

/** What people need of a package: keywords, licence, a page with an example, tests. */
export function packageFindings(folder: string, json: PackageJson): Finding[] {
  const errors: Row[] = [
    [
      json['private'] === true,
      { check: 'package', text: "package.json says 'private': npm will not publish it." },
    ],
    [
      typeof json['version'] !== 'string',
      { check: 'package', text: "package.json has no 'version'." },
    ],
    [!existsSync(join(folder, 'README.md')), { check: 'docs', text: 'There is no README.md.' }],
  ]
  return [
    ...findingsOf('error', errors),
    ...findingsOf('warning', [...texts(folder, json), ...pageRows(folder, json)]),
  ]
}

function texts(folder: string, json: PackageJson): Row[] {
  const keywords = Array.isArray(json['keywords']) ? json['keywords'] : []
  const licences = globSync('LICEN[CS]E*', { cwd: folder })
  const hint = 'The contract suites are in @llmspell/sdk/testing.'
  return [
    [
      !keywords.includes('llmspell-plugin'),
      {
        check: 'package',
        text: "The keyword 'llmspell-plugin' is missing: llmspell plugin search will not find it.",
        hint: 'Write: "keywords": ["llmspell-plugin"]',
      },
    ],
    [
      typeof json['description'] !== 'string',
      { check: 'package', text: "There is no 'description'." },
    ],
    [
      typeof json['license'] !== 'string' || licences.length === 0,
      { check: 'docs', text: "A file LICENSE and the key 'license' belong to a package." },
    ],
    [tests(folder).length === 0, { check: 'tests', text: 'There are no tests.', hint }],
  ]
}

function tests(folder: string): string[] {
  return ['src', 'test', 'tests'].flatMap((name) =>
    globSync('**/*.{test,spec}.?([cm])[jt]s', { cwd: join(folder, name) }),
  )
}

function pageRows(folder: string, json: PackageJson): Row[] {
  const file = join(folder, 'README.md')
  if (!existsSync(file)) return []
  const page = readFileSync(file, 'utf8')
  const { config } = isTable(json['llmspell']) ? json['llmspell'] : {}
  const place = { check: 'docs', file: 'README.md' } as const
  return [
    [!/^```/m.test(page), { ...place, text: 'README.md has no example.' }],
    [
      config !== undefined && !/^\|.*\|\s*\n\|[ :|-]+\|/m.test(page),
      { ...place, text: 'The plugin has a config, and README.md has no table of its keys.' },
    ],
    [!/permission/i.test(page), { ...place, text: 'README.md says nothing of permissions.' }],
  ]
}

function findingsOf(level: Finding['level'], rows: readonly Row[]): Finding[] {
  return rows.flatMap(([wrong, ...found]) => (wrong ? found.map((one) => ({ level, ...one })) : []))
}
