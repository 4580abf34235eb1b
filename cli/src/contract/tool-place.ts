import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GrantChain, PermissionSet, ToolItem } from '@llmspell/sdk'
import type { Place } from './store-place.ts'

/** Folder of a package with the files that the examples of its tools name. */
export const FILES = 'contract'
/** What can be granted without harm: in a folder of its own, and what only looks. */
const HARMLESS = new Set(['read', 'write', 'env', 'sys'])

interface ToolPlace {
  readonly grants: GrantChain
  readonly root: string
}

/**
 * What `toolSuite` needs of a tool that asks for permissions: these, in an empty folder or one with the plugin's files.
 * @param root that folder
 */
export function toolPlace(folder: string, item: ToolItem, root: string): Place<ToolPlace> {
  const files = join(folder, FILES)
  if (existsSync(files)) cpSync(files, root, { recursive: true })
  const { permissions = {} } = item
  const needs = needsOf(folder, item)
  const harmful = needs.filter(({ right }) => !HARMLESS.has(right)).map(({ right }) => right)
  if (harmful.length > 0)
    return { why: `in its own tests: its examples need ${harmful.join(', ')}` }
  const lost = needs.find(({ right, path }) => right === 'read' && !isThere(files, root, path))
  if (lost) return { why: `its examples read ${shown(lost.path)}: put it into ${FILES}/` }
  return { grants: [{ holder: 'contract test', allow: grantsOf(permissions) }], root }
}

interface Need {
  readonly right: string
  readonly path?: string
}

/** The rights that the examples use, as the marks of the input schema tell; where none tells, any example does. */
function needsOf(folder: string, { permissions = {}, input, examples = [] }: ToolItem): Need[] {
  const { properties = {} } = schemaOf(folder, input)
  const marks = Object.entries(properties).map(([key, schema]) => [schema['x-permission'], key])
  const tells = marks.some(([mark]) => mark !== undefined)
  return Object.keys(permissions).flatMap((right): Need[] => {
    const keys = marks.filter(([mark]) => mark === right).map(([, key]) => key as string)
    if (keys.length === 0) return tells && HARMLESS.has(right) ? [] : [{ right }]
    const given = examples.flatMap(({ input: sent }) => keys.map((key) => (sent as Table)[key]))
    return given.flatMap((value) => (value === undefined ? [] : [needOf(right, value)]))
  })
}

const needOf = (right: string, value: unknown): Need =>
  typeof value === 'string' ? { right, path: value } : { right }

type Table = Readonly<Record<string, unknown>>

function schemaOf(folder: string, input: ToolItem['input']) {
  const schema: unknown =
    typeof input === 'string' ? JSON.parse(readFileSync(join(folder, input), 'utf8')) : input
  return schema as { readonly properties?: Readonly<Record<string, Table>> }
}

const isThere = (files: string, root: string, path: string | undefined): boolean =>
  existsSync(path === undefined ? files : join(root, path))

const shown = (path: string | undefined): string => (path === undefined ? 'files' : `'${path}'`)

/** Paths stay in the folder, whatever the manifest would have. */
function grantsOf(permissions: PermissionSet): PermissionSet {
  const rows = Object.entries(permissions).filter(([right]) => HARMLESS.has(right))
  const inside = (right: string): boolean => right === 'read' || right === 'write'
  return Object.fromEntries(rows.map(([right, list]) => [right, inside(right) ? ['.'] : list]))
}
