import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel, type InlinePlugin, type Kernel } from '@llmspell/kernel'
import { definePlugin, toErrorRecord } from '@llmspell/sdk'
import type { CallRecord, Logger, RunOptions, ScriptRuntime } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL } from '../support/kernel.ts'
import { ROOT } from '../support/root.ts'
import { canaries, tracesOf } from './canaries.ts'
import { leaky } from './leaky.ts'

const COUNT = 1000
const BATCH = 20
const VALUES = canaries(COUNT)
const name = (i: number): string => `CANARY_${i}`

const base = mkdtempSync(join(tmpdir(), 'canaries-'))
const root = join(base, 'project')
const data = join(base, 'data')
let kernel: Kernel
let runtime: ScriptRuntime
let server: Server
let origin: string
/** All that was seen outside of a run. */
const seen = new Set<string>()

const note = (...values: readonly unknown[]): void => {
  for (const value of values) for (const text of textsOf(value)) seen.add(text)
}

/** As JSON, and every text and bytes in it as they are. */
function textsOf(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')]
  if (value instanceof Error)
    return [JSON.stringify(toErrorRecord(value)), String(value.stack), ...textsOf(value.cause)]
  if (typeof value !== 'object' || value === null || depth > 20) return []
  const inner = Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item, depth + 1)])
  return depth === 0 ? [JSON.stringify(value), ...inner] : inner
}

const logger = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, note]),
) as unknown as Logger

/** Listens where plugins may. */
const listener: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'listener',
    main: './listener.js',
    phase: 'globals',
    contributes: { hooks: ['call.done', 'script.done', 'permission.decided'] },
  },
  plugin: definePlugin({
    setup(ctx) {
      ctx.tap('call.done', (payload) => note(payload))
      ctx.tap('script.done', (payload) => note(payload))
      ctx.tap('permission.decided', (payload) => note(payload))
    },
  }),
}

/** Quotes values as `.env` wants them. */
const quoted = (value: string): string => `"${value.replaceAll(/[\\"$]/g, String.raw`\$&`)}"`

beforeAll(async () => {
  mkdirSync(root)
  mkdirSync(data)
  const lines = VALUES.map((value, i) => `${name(i)}=${quoted(value)}\n`)
  // A project's file is small: the rest is in the environment.
  const half = COUNT / 2
  writeFileSync(join(root, '.env'), lines.slice(0, half).join(''))
  for (const [i, value] of VALUES.entries()) if (i >= half) process.env[name(i)] = value
  server = createServer((request, response) => {
    const { authorization = '' } = request.headers
    response.writeHead(request.url === '/bad' ? 418 : 200, { 'x-echo': 'yes' })
    const value = authorization.replace('Bearer ', '')
    for (const char of `${authorization} ${encodeURIComponent(value)} `) response.write(char)
    response.end(JSON.stringify({ value: Buffer.from(value, 'latin1').toString('utf8') }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  kernel = createKernel({
    plugins: [
      ...[...ALL, 'engine-javascript'].map((each) => join(ROOT, 'plugins', each)),
      leaky,
      listener,
    ],
    config: {
      plugins: {
        permissions: { audit: join(data, 'audit') },
        artifacts: { folder: join(data, 'artifacts') },
        secrets: { file: join(data, 'secrets.json') },
      },
    },
    logger,
  })
  await kernel.start()
  runtime = await kernel.use('script-runtime')
})
afterAll(async () => {
  await kernel.stop()
  server.close()
  for (const key of Object.keys(process.env)) if (key.startsWith('CANARY_')) delete process.env[key]
  rmSync(base, { recursive: true })
})

const LUA = `
local from, to, origin = tonumber(ARGS.from), tonumber(ARGS.to), ARGS.origin
local all = {}
for i = from, to do
  local name = "env:CANARY_" .. i
  local secret = Secret.get(name)
  assert(tostring(secret) == "secret:" .. name)
  for _, how in ipairs{ "result", "raise", "crash", "progress" } do
    local ok, found = pcall(Tool.execute, "leak", { name = secret, how = how })
    print(i, how, ok, tostring(found), JSON.stringify(ok and found or { m = found.message, h = found.hint, d = found.details, c = tostring(found.cause) }))
    Log.info("found " .. tostring(found), { found = ok and found or found.details })
    all[#all + 1] = ok and found or found.details
  end
  for chunk in Tool.stream("leak", { name = name, how = "chunks" }) do
    write(chunk.text or "")
    all[#all + 1] = chunk
  end
  print()
  if i % 25 == 0 then print(#Tool.leak{ name = name, how = "large" }.text) end
  if ARGS.http == "true" then
    local ok, answer = pcall(Tool.execute, "http-request", { url = origin .. "/", auth = { bearer = secret } })
    print("http", ok, tostring(answer))
    all[#all + 1] = ok and answer.result or nil
  end
end
all = JSON.stringify(all)
write(all)
error({ code = "ENDED", message = "the end " .. all:sub(1, 100000), details = { all = all:sub(1, 200000) } })
`

const JS = `
const { from, to } = ARGS
const all = []
for (let i = Number(from); i <= Number(to); i++) {
  const name = 'env:CANARY_' + i
  const secret = await Secret.get(name)
  if (String(secret) !== 'secret:' + name || JSON.stringify({ secret }) !== '{"secret":"secret:' + name + '"}')
    throw new Error('shown as ' + secret)
  for (const how of ['result', 'raise', 'crash', 'progress']) {
    const found = await Tool.execute('leak', { name: secret, how }).catch((error) => error)
    print(i, how, found, JSON.stringify([found, found.message, found.hint, found.details, found.cause]))
    Log.warn('found ' + found, { found: found.text ?? found.message })
    all.push(found)
  }
  for await (const chunk of Tool.stream('leak', { name, how: 'chunks' })) write(chunk.text ?? '')
  const heard = []
  await Tool.execute('leak', { name, how: 'chunks' }, { onChunk: (chunk) => void heard.push(chunk.text ?? '') })
  print(heard.join(''))
  print('')
}
return JSON.stringify(all)
`

interface Ended {
  readonly output: string
  readonly ended: unknown
}

/** Runs a script over some canaries and keeps all that comes out. */
async function run(file: string, source: string, from: number): Promise<Ended> {
  const records: CallRecord[] = []
  const journal = { append: (record: CallRecord) => void records.push(record), records: () => [] }
  let output = ''
  const numbers = ['--from', String(from), '--to', String(from + BATCH - 1)]
  const options: RunOptions = {
    root,
    args: [...numbers, '--origin', origin, '--http', String(from === 0)],
    allow: { secret: ['*'], env: ['CANARY_*'], net: [origin], 'net-private': [origin] },
    write: (text) => (output += text),
    log: (entry) => note(entry),
    onProgress: (progress) => note(progress),
    // By turns: a journal of the host, and the one that a result carries.
    ...(from % (4 * BATCH) < 2 * BATCH ? { journal } : {}),
    limits: { outputBytes: 256 * 1024 * 1024, memoryBytes: 256 * 1024 * 1024 },
  }
  const ended = await runtime.run({ file, source, ...options }).catch((error: unknown) => error)
  note(output, ended, records)
  return { output, ended }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((each) => join(folder, each))
    .filter((each) => statSync(each).isFile())
}

/** Every trace of every canary, as one search. */
const TRACES = new RegExp(
  VALUES.flatMap(tracesOf)
    .map((trace) => trace.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
    .join('|'),
)

/** What of the canaries is anywhere in the texts. */
function found(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].flatMap((text) => TRACES.exec(text)?.[0] ?? [])
}

describe(`${COUNT} planted secrets`, () => {
  const batches = Array.from({ length: COUNT / BATCH }, (_, i) => i * BATCH)
  const label = (from: number) => expect.stringContaining(`secret:env:${name(from)}`)

  test.each(batches.filter((_, i) => i % 2 === 0))('from %i on are spread by Lua', async (from) => {
    const { output, ended } = await run('spread.lua', LUA, from)
    expect({ output, ended }).toMatchObject({ output: label(from), ended: { code: 'ENDED' } })
  })

  test.each(batches.filter((_, i) => i % 2 === 1))('from %i on are spread by JS', async (from) => {
    const { output, ended } = await run('spread.js', JS, from)
    expect({ output, ended }).toMatchObject({ output: label(from), ended: { value: label(from) } })
  })

  test('are sent and come back by HTTP', () => {
    const answers = [...seen].filter((text) => /http\ttrue\tBearer secret:env:/.test(text))
    expect(answers).not.toEqual([])
  })

  test('are found nowhere: results, errors, logs, output, streams, journals, hooks', () => {
    expect(seen.size).toBeGreaterThan(COUNT * 10)
    expect([...seen].some((text) => text.includes('secret:env:CANARY_999'))).toBe(true)
    expect(found(seen)).toEqual([])
  })

  test('nor in the files of audit and artifacts', () => {
    const files = filesBelow(data)
    expect(files.some((file) => file.includes('audit'))).toBe(true)
    expect(files.some((file) => file.includes('artifacts'))).toBe(true)
    expect(found(files.map((file) => readFileSync(file, 'latin1')))).toEqual([])
    expect(found(files.map((file) => readFileSync(file, 'utf8')))).toEqual([])
  })

  test('and the search finds what is there', () => {
    for (const value of VALUES.slice(0, 20))
      for (const trace of tracesOf(value)) expect(found([`x${trace}y`])).toHaveLength(1)
  })
})
