import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createKernel } from '@llmspell/kernel'
import type { Kernel } from '@llmspell/kernel'
import { deny, modify } from '@llmspell/sdk'
import type {
  Manifest,
  RunOptions,
  RunResult,
  Schema,
  ScriptModule,
  ToolDescription,
  ToolResult,
} from '@llmspell/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const repository = new URL('../', import.meta.url)
const NAMES = [
  'permissions',
  'files',
  'tools',
  'tool-calculator',
  'tool-file-read',
  'script-runtime',
  'engine-lua',
]

let kernel: Kernel
let root = ''

/** A plugin from its sources, so that the test needs no build. */
function source(name: string) {
  const folder = new URL(`plugins/${name}/`, repository)
  const { llmspell } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    llmspell: Manifest
  }
  const plugin = () => import(/* @vite-ignore */ `@llmspell/${name}`) as Promise<unknown>
  return { manifest: llmspell, plugin, root: fileURLToPath(folder) }
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tools-'))
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'docs', 'notes.txt'), 'one\ntwo\n')
  writeFileSync(join(root, 'docs', 'answer.json'), '{"success": false}')
  kernel = createKernel({ plugins: NAMES.map(source) })
  await kernel.start()
})

afterAll(async () => {
  await kernel.stop()
  rmSync(root, { recursive: true, force: true })
})

async function run(source_: string, options: RunOptions = {}): Promise<RunResult> {
  const runtime = await kernel.use('script-runtime')
  return runtime.run({ source: source_, file: 'test.lua', isolation: 'inline', root, ...options })
}

async function value(source_: string, options?: RunOptions): Promise<unknown> {
  return (await run(source_, options)).value
}

async function failure(source_: string, options?: RunOptions): Promise<unknown> {
  return run(source_, options).catch((error: unknown) => error)
}

describe('a script', () => {
  test('calls a tool by its name, and prints the result as text', async () => {
    const { output } = await run('print(Tool.calculator{ expression = "17% of 3480" })')
    expect(output).toBe('591.6\n')
  })

  test('gets the one result', async () => {
    expect(
      await value('return Tool.execute("calculator", { expression = "6 * 7" })'),
    ).toMatchObject({
      success: true,
      text: '42',
      result: { value: 42, precision: 'exact' },
      data: { value: 42 },
      metadata: { tool: 'calculator', response: { value: 42 } },
    })
  })

  test('reads a granted file by any spelling of the tool', async () => {
    const allow = { read: ['./docs'] }
    const three = ['Tool.file_read', 'Tool.fileRead', 'Tool["file-read"]']
    for (const name of three) {
      const text = `return ${name}{ path = "docs/notes.txt", from_line = 2 }.text`
      expect(await value(text, { allow })).toBe('two\n')
    }
  })

  test('is told the flag that would grant a file', async () => {
    expect(await failure('Tool.file_read{ path = "docs/notes.txt" }')).toMatchObject({
      code: 'PERMISSION_DENIED',
      message:
        "Tool 'file-read' may not read 'docs/notes.txt': nothing on the command line grants it.",
      hint: 'Add --allow-read=./docs/notes.txt',
    })
  })

  test('gets a file that looks like a failed result as text', async () => {
    const text =
      'local r = Tool.file_read{ path = "docs/answer.json" } return { r.success, r.text }'
    expect(await value(text, { allow: { read: ['.'] } })).toEqual([true, '{"success": false}'])
  })

  test('catches what is wrong, and sees what was meant', async () => {
    const text = `
      local ok, err = pcall(Tool.execute, "calcluator", { expression = "1+1" })
      return { ok = ok, code = err.code, hint = err.hint }`
    expect(await value(text)).toEqual({
      ok: false,
      code: 'TOOL_NOT_FOUND',
      hint: "Did you mean 'calculator'? List them with: llmspell tool list",
    })
  })

  test('sees a judged input as a result', async () => {
    const text =
      'local r = Tool.calculator{ expression = "2 + * 3" } return { r.success, r.error.code }'
    expect(await value(text)).toEqual([false, 'CALC_SYNTAX'])
  })

  test('reads a stream', async () => {
    const text = `
      local text, last = "", nil
      for chunk in Tool.stream("file-read", { path = "docs/notes.txt" }) do
        text, last = text .. chunk.text, chunk
      end
      return { text, last.type, last.result.result.lines }`
    expect(await value(text, { allow: { read: ['.'] } })).toEqual(['one\ntwo\n', 'finish', 2])
  })

  test('defines a tool of its own with the short schema', async () => {
    const text = `
      local stock = Tool.define{ name = "stock", description = "Items on the shelf",
        parameters = { item = "string", least = "integer?" },
        execute = function(p, call) return { item = p.item, left = 3, by = call.caller } end }
      local ok, err = pcall(stock.execute, stock, { itm = "lamp" })
      return { Tool.stock{ item = "lamp" }.data, err.code, #Tool.list{ source = "script" },
        Tool.undefine(stock), Tool.exists("stock") }`
    expect(await value(text)).toEqual([
      { item: 'lamp', left: 3, by: 'script' },
      'INPUT_INVALID',
      1,
      true,
      false,
    ])
  })

  test('finds tools without loading them', async () => {
    const text = 'return Tool.discover{ query = "arithmetic" }[1].name'
    expect(await value(text)).toBe('calculator')
    const text2 =
      'local t = Tool.get("file-read") return { t.category, t.schema.parameters[1].name }'
    expect(await value(text2)).toEqual(['files', 'path'])
  })
})

describe('a hook', () => {
  const undo: (() => void)[] = []
  afterEach(() => undo.splice(0).forEach((remove) => remove()))

  test('cancels a tool before it runs', async () => {
    const guard = ({ tool }: { tool: string }) =>
      tool === 'file-read' ? deny('files are left alone') : undefined
    undo.push(kernel.hooks.tap('tool.guard', guard))
    const options = { allow: { read: ['.'] } }
    expect(await failure('Tool.file_read{ path = "docs/notes.txt" }', options)).toMatchObject({
      code: 'HOOK_CANCELLED',
      details: { hook: 'tool.guard', reason: 'files are left alone' },
    })
    expect(await value('return Tool.calculator{ expression = "1" }.text')).toBe('1')
  })

  test('changes input and output', async () => {
    undo.push(
      kernel.hooks.tap('tool.input', (p) => modify({ ...p, params: { expression: '2 + 2' } })),
      kernel.hooks.tap('tool.output', (p) =>
        modify({ ...p, output: { ...p.output, text: `${p.output.text}!` } }),
      ),
    )
    expect(await value('return Tool.calculator{ expression = "1" }.text')).toBe('4!')
  })
})

test('a host runs a tool through the same door', async () => {
  const runtime = await kernel.use('script-runtime')
  const door = runtime.open({ root, allow: { read: ['.'] } })
  const params = { path: 'docs/notes.txt' }
  const result = (await door.call('Tool', 'execute', ['file-read', params])) as ToolResult
  expect(result).toMatchObject({ text: 'one\ntwo\n', metadata: { run_id: door.id } })
  await door.close()
})

describe('the examples of the description run', () => {
  const file = new URL('plugins/tools/schemas/tool.module.json', repository)
  const module = JSON.parse(readFileSync(file, 'utf8')) as ScriptModule
  const handles = Object.values(module.handles ?? {}).flatMap((handle) =>
    Object.entries(handle.methods),
  )
  const rows = [...Object.entries(module.functions), ...handles].flatMap(
    ([name, { examples = [] }]) => examples.map(({ lua }) => ({ name, lua })),
  )

  test.each(rows)('$name: $lua', async ({ lua }) => {
    expect((await run(lua)).output).not.toBe('')
  })
})

describe('every tool with a path, found by its schema', () => {
  const attacks = [
    '../../../etc/passwd',
    '/etc/passwd',
    'docs/../../x',
    'file:///etc/passwd',
    '~/x',
    'a\0b',
    'link',
  ]
  const refused = ['PERMISSION_DENIED', 'PATH_INVALID']

  test('reads nothing outside of what is granted', async () => {
    symlinkSync('/etc/passwd', join(root, 'link'))
    const runtime = await kernel.use('script-runtime')
    const door = runtime.open({ root, allow: { read: ['.'] } })
    const codes: unknown[] = []
    for (const { name, parameter } of pathParameters((await kernel.use('tools')).list())) {
      for (const path of attacks) {
        const call = door.call('Tool', 'execute', [name, { [parameter]: path }])
        codes.push(
          await call.then(
            () => `${name} took '${path}'`,
            ({ code }) => code as string,
          ),
        )
      }
    }
    await door.close()
    expect(codes.length).toBeGreaterThanOrEqual(attacks.length)
    expect(codes.filter((code) => !refused.includes(code as string))).toEqual([])
  })
})

function pathParameters(tools: readonly ToolDescription[]) {
  return tools.flatMap(({ name, input }) => {
    const properties = Object.entries((input['properties'] ?? {}) as Record<string, Schema>)
    const marked = properties.filter(([, schema]) => schema['x-permission'] === 'read')
    return marked.map(([parameter]) => ({ name, parameter }))
  })
}
