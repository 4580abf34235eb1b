import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Registry } from '../plugin-store/registry.ts'
import { npm } from '../support/npm.ts'
import { ROOT } from '../support/root.ts'
import { stepsOf, Walk } from './walk.ts'

const PAGE = 'docs/plugin-guide.md'
let registry: Registry
let folder: string
let walk: Walk
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-guide-'))
  registry = await Registry.start()
  await publishSdk()
  const { env, origin } = registry
  writeFileSync(env['npm_config_userconfig']!, `${origin.slice('http:'.length)}/:_authToken=any\n`)
  walk = new Walk(folder, env)
})
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Packed as it is released. */
async function publishSdk(): Promise<void> {
  const argv = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, '-w', 'sdk']
  const { stdout } = await npm(argv, ROOT)
  const [row] = Object.values(JSON.parse(stdout) as { filename: string }[])
  const json = JSON.parse(readFileSync(join(ROOT, 'sdk', 'package.json'), 'utf8'))
  await registry.publish(json, readFileSync(join(folder, row!.filename)))
}

const steps = stepsOf(PAGE)
let failed = false

// Each step stands on those before it.
describe.skipIf(process.platform === 'win32')(`${PAGE}, from top to bottom`, () => {
  test.each(steps.map((step) => [step.line, step.language, step.what, step] as const))(
    'line %i: %s %s',
    { timeout: 120_000 },
    async (_line, _language, _what, step) => {
      if (failed) throw new Error('A step before failed.')
      failed = true
      expect(await walk.follow(step)).toEqual([])
      failed = false
    },
  )
})

test('the page has its blocks', () => {
  const count = (language: string): number =>
    steps.filter((step) => step.language === language).length
  expect([count('sh') > 8, count('text') > 8, count('ts') > 8]).toEqual([true, true, true])
})
