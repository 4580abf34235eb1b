import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Manifest } from '@llmspell/sdk'
import type { PlannedSuite } from './plan.ts'

/** What a test file is made for. */
export interface ContractParts {
  /** Folder of the package. */
  readonly folder: string
  readonly manifest: Manifest
  readonly suites: readonly PlannedSuite[]
  /** Folder of the package `llmspell`. */
  readonly root: string
}

/** The testing services of the suites, which they bring themselves. */
const OWN = new Set(['hooks', 'extensions'])

/** The text of a test file that calls the suites: each in a block named after its place in the plan. */
export function contractFile({ folder, manifest, suites, root }: ContractParts): string {
  const { main, requires, optional } = manifest
  const services = Object.keys({ ...requires, ...optional }).filter((name) => !OWN.has(name))
  const blocks = suites.flatMap((one, index) => (one.suite ? [block(one, index)] : []))
  return `import { afterAll, describe, test } from 'vitest'
import * as kit from '@llmspell/sdk/testing'
import { openContractHouse } from ${url(join(root, 'dist', 'contract', 'house.js'))}
import plugin from ${url(join(folder, main))}

const folder = new URL(${url(`${folder}/`)})
const house = await openContractHouse(${JSON.stringify(folder)})
afterAll(() => house.close())
const services = await house.services(${JSON.stringify(services)})
const given = { package: folder, plugin, services }

function suite(place, name, options) {
  describe(place, () => {
    if (options.why !== undefined) test.skip(options.why, () => undefined)
    else if (typeof kit[name] === 'function') kit[name](options)
    else test.skip('this version of @llmspell/sdk has no ' + name, () => undefined)
  })
}

${blocks.join('\n')}
`
}

function block({ suite, name, language }: PlannedSuite, index: number): string {
  const named = JSON.stringify(name)
  const options = {
    toolSuite: `{ ...given, name: ${named}, ...(await house.toolPlace(${named})) }`,
    storeSuite: `await house.storePlace(${named})`,
    hookSuite: 'given',
    scriptModuleSuite: `{ ...given, name: ${named}, open: () => house.place(${named}) }`,
    engineSuite: `{ engine: await house.contribution('engines', ${named}), language: '${language}' }`,
  }[suite!]
  return `suite('${index}', '${suite}', ${options})`
}

/** The config of that run: nothing of the project's own. */
export function contractConfig(folder: string): string {
  const test = {
    root: folder,
    include: ['contract.test.mjs'],
    exclude: [],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    watch: false,
    cache: false,
  }
  return `export default ${JSON.stringify({ root: folder, test })}\n`
}

const url = (path: string): string => JSON.stringify(pathToFileURL(path).href)
