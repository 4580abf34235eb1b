import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import { expect, test } from 'vitest'
import { StanzaServer } from '../examples/provider-stanza/src/testing/server.ts'
import { llmspell } from './cli/support.ts'
import { ALL } from './support/kernel.ts'
import { blocks } from './support/markdown.ts'
import { ROOT } from './support/root.ts'

const NAMES = ['engine-lisp', 'provider-stanza', 'store-jsonl']
const linked = NAMES.map((name) => join(ROOT, 'examples', name))
const [LISP] = blocks('examples/engine-lisp/README.md', 'lisp')

test('plugins as others write them work together: a script in Lisp asks a model of Stanza and keeps what it said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-examples-'))
  const server = await StanzaServer.start()
  const { baseUrl: base_url, apiKey: api_key } = server.behave({ say: 'O lamp!' })
  const models = { providers: { stanza: { base_url, api_key } } }
  const plugins = [...ALL, 'engine-javascript'].map((name) => join(ROOT, 'plugins', name))
  const config = { plugins: { models, state: { store: 'jsonl', folder } } }
  try {
    await using kernel = createKernel({ plugins, linked, config })
    await kernel.start()
    const runtime = await kernel.use('script-runtime')
    const source = `
      (def poet (Agent.create {:model "stanza/keats"}))
      (State.save "global" "verse" (text (poet.execute "A verse?")))
      (def double (Tool.define {:name "double" :description "Twice." :parameters {:n "number"}
        :execute (fn (input) {:n (* 2 input.n)})}))
      [(State.load "global" "verse") (get (each (c (poet.stream "Another?")) c.text) 1)
       (let (r (Tool.execute "double" {:n 21})) r.result.n)]`
    const ended = await runtime.run({ file: 'a.lisp', source })
    expect(ended.value).toEqual(['O lamp!', 'lamp!', 42])
    expect(server.seen().authorization).toBe('key-under-test')
  } finally {
    await server.close()
    expect(readFileSync(join(folder, 'state.jsonl'), 'utf8')).toContain('\n[')
    rmSync(folder, { recursive: true })
  }
})

test('the script of the page of the Lisp prints what it says', async () => {
  const plugins = ALL.map((name) => join(ROOT, 'plugins', name))
  const config = { plugins: { state: { store: 'memory' } } }
  await using kernel = createKernel({ plugins, linked: [linked[0]!], config })
  await kernel.start()
  const runtime = await kernel.use('script-runtime')
  const run = { file: 'squares.lisp', source: LISP!.text, settings: { model: 'mock/demo' } }
  const { output, value } = await runtime.run(run)
  expect(output).toMatch(/^\[1,4,9\]\nDid you mean 'calculator'\?/)
  expect(value).toContain('42')
})

test.runIf(process.env['LLMSPELL_TEST_FULL'] === '1').each(NAMES)(
  '%s passes plugin check, but that it is private to this repository',
  async (name) => {
    const { stdout } = await llmspell(['plugin', 'check', `examples/${name}`])
    expect(stdout).toMatch(/^error\[package\]: [^\n]*'private'[^]*\n1 error, /)
  },
)
