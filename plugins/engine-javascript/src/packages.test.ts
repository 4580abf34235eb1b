import { SpellError } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import { expect, it } from 'vitest'
import { engine } from './index.ts'

async function failure(source: string, code: string): Promise<unknown> {
  const refuse = () => Promise.reject(new SpellError(code, 'refused'))
  const { session } = await openEngineHost(engine, 'main.js', {
    functions: { 'Run.load_module': refuse },
  })
  return session.run({ source, file: 'main.js' }).catch((error: unknown) => error)
}

const text = (name: string) => `There is no module '${name}': scripts do not run in Node.`

it.each([
  ['import fs from "node:fs"', 'PATH_INVALID', text('node:fs'), 'Tool.fileRead'],
  ['require("node:fs")', 'PATH_INVALID', text('node:fs'), 'Tool.fileRead'],
  ['await import("lodash")', 'PERMISSION_DENIED', text('lodash'), "'./lodash'"],
  ['require("lodash")', 'FILE_NOT_FOUND', text('lodash'), "'./lodash'"],
])('%s, refused as %s', async (source, code, message, hint) => {
  const said = { code: 'FILE_NOT_FOUND', message, hint: expect.stringContaining(hint) as string }
  expect(await failure(source, code)).toMatchObject(said)
})

it.each(['import "./lodash"', 'import "lodash.js"'])('%s is a file', async (source) => {
  expect(await failure(source, 'PERMISSION_DENIED')).toMatchObject({ code: 'PERMISSION_DENIED' })
})
