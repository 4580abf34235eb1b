import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './root.ts'

/** What the tests read of a package.json. */
export interface PackageJson {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly files?: readonly string[]
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly llmspell?: {
    readonly id: string
    readonly contributes?: {
      readonly errors?: readonly Record<string, unknown>[]
      readonly tools?: readonly { readonly reports?: readonly string[] }[]
    }
  }
}

export interface Pack {
  /** Relative to the root of the repository. */
  readonly folder: string
  readonly dir: string
  readonly manifest: PackageJson
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}

/** The packages of this repository, private ones too. */
export async function packages(): Promise<readonly Pack[]> {
  const { href } = pathToFileURL(join(ROOT, '.build', 'packages.mjs'))
  const module = (await import(/* @vite-ignore */ href)) as { packages(): readonly Pack[] }
  return module.packages()
}

/** Those that are published. */
export async function publicPackages(): Promise<readonly Pack[]> {
  return (await packages()).filter(({ manifest }) => manifest.private !== true)
}

/** File of a program that a package in node_modules of this repository brings. */
export function binOf(name: string, bin = name): string {
  const file = createRequire(join(ROOT, 'package.json')).resolve(`${name}/package.json`)
  const { bin: bins } = readJson<{ bin: string | Record<string, string> }>(file)
  return join(dirname(file), typeof bins === 'string' ? bins : bins[bin]!)
}
