import { globSync, readFileSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { join } from 'node:path'
import type { ErrorItem } from '@llmspell/sdk'
import { packages } from './packages.ts'
import { ROOT } from './root.ts'

/** A code of a table, with who lists it. */
export interface Listed extends ErrorItem {
  readonly owner: string
}

/** A row of every table: kernel, command line and the manifests of the plugins. */
export async function tables(): Promise<readonly Listed[]> {
  const { KERNEL_ERRORS } = await import('@llmspell/kernel')
  const { CLI_ERRORS } = await import('llmspell')
  const own = (owner: string, items: readonly ErrorItem[]): Listed[] =>
    items.map((item) => ({ ...item, owner }))
  const plugins = (await packages()).flatMap(({ manifest: { llmspell } }) =>
    llmspell ? own(llmspell.id, (llmspell.contributes?.errors ?? []) as never) : [],
  )
  return [...own('kernel', KERNEL_ERRORS), ...own('cli', CLI_ERRORS), ...plugins]
}

const CODE = String.raw`'([A-Z][A-Z\d]*(?:_[A-Z\d]+)*)'`
const LONG_CODE = String.raw`'([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)'`

// The first argument may choose between two; `code` may be a type of several.
const FIRST = /(?:\bnew (?:Spell|Plugin)Error|\bfailure|\binputInvalid)\(([^,()]*)/g
const MEMBER = new RegExp(
  String.raw`\bcode\??(?::| =) (?:[\w.]+ \? )?${CODE}(?: [|:] ${CODE})*`,
  'g',
)
const CALL = new RegExp(String.raw`\w\(\s*${LONG_CODE}`, 'g')
const PRINTED = /\berror\[([A-Z_]+)\]/g

function codesIn(text: string): string[] {
  const quoted = [FIRST, MEMBER, CALL].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([whole]) =>
      [...whole.matchAll(new RegExp(CODE, 'g'))].map(([, code]) => code!),
    ),
  )
  return [...quoted, ...[...text.matchAll(PRINTED)].map(([, code]) => code!)]
}

const NO_SOURCE = /\.test\.|\.d\.ts$|[\\/](?:testing|generated)[\\/]/

/** The sources of all packages, by path; not the tables themselves, tests or what is generated. */
function sources(): ReadonlyMap<string, string> {
  const files = globSync(
    '{sdk,kernel,cli,cli/runtime,plugins/*,plugin-template}/{src,bin}/**/*.{ts,cts,cjs}',
    {
      cwd: ROOT,
    },
  )
  const kept = files.filter((file) => !NO_SOURCE.test(file) && !file.endsWith('codes.ts'))
  return new Map(kept.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]))
}

/** The codes that sources raise, each with a file that does. */
export function raised(): ReadonlyMap<string, string> {
  // Those of the operating system, which errors of Node carry, are no codes of ours.
  const { errno } = osConstants
  return new Map(
    [...sources()].flatMap(([file, text]) =>
      codesIn(text)
        .filter((code) => !Object.hasOwn(errno, code))
        .map((code) => [code, file]),
    ),
  )
}

/** Every code in quotes, and those that are printed before an error can be made. */
export function written(): ReadonlySet<string> {
  const texts = [...sources().values()].join('\n')
  const any = new RegExp(`${CODE}|${PRINTED.source}`, 'g')
  return new Set([...texts.matchAll(any)].map(([, quoted, printed]) => (quoted ?? printed)!))
}
