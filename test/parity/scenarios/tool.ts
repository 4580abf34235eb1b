import { both } from '../scenario.ts'

const DEFINE = `Tool.define{ name = 'shout', description = 'Louder', parameters = { text = 'string' },
  execute = function(p) return { loud_text = p.text:upper() } end }`
const JS_DEFINE = `await Tool.define({ name: 'shout', description: 'Louder', parameters: { text: 'string' },
  execute: (p) => ({ loud_text: p.text.toUpperCase() }) })`

/** Tools: those of plugins and those of the script. */
export const TOOL = [
  both(
    'runs a tool, by name and by field',
    'Tool.execute',
    `return { Tool.execute('calculator', { expression = '6 * 7' }), Tool.calculator{ expression = 'x + 1', variables = { x = 2 } }.text }`,
    `return [await Tool.execute('calculator', { expression: '6 * 7' }), (await Tool.calculator({ expression: 'x + 1', variables: { x: 2 } })).text]`,
  ),
  both(
    'finds a tool by each of its names',
    'Tool.execute',
    `return { Tool.file_read{ path = 'notes.txt' }.text, Tool['file-read']{ path = 'notes.txt', from_line = 2 }.result }`,
    `return [(await Tool.fileRead({ path: 'notes.txt' })).text, (await Tool['file-read']({ path: 'notes.txt', from_line: 2 })).result]`,
    { options: { allow: { read: ['.'] } } },
  ),
  both(
    'gives back what a tool judges',
    'Tool.execute',
    `local r = Tool.execute('calculator', { expression = '1 +' })
     return { r.success, r.error.code, r.text }`,
    `const r = await Tool.execute('calculator', { expression: '1 +' })
     return [r.success, r.error.code, r.text]`,
  ),
  both(
    'raises what a tool judges, if told to',
    'Tool.execute',
    `Tool.execute('calculator', { expression = '1 +' }, { on_error = 'raise' })`,
    `await Tool.execute('calculator', { expression: '1 +' }, { onError: 'raise' })`,
  ),
  both(
    'refuses parameters of the wrong form',
    'Tool.execute',
    `Tool.execute('calculator', { expresion = '1' })`,
    `await Tool.execute('calculator', { expresion: '1' })`,
    { error: 'INPUT_INVALID' },
  ),
  both(
    'refuses a tool that nobody has',
    'Tool.execute',
    `Tool.execute('calcluator', {})`,
    `await Tool.execute('calcluator', {})`,
    { error: 'TOOL_NOT_FOUND' },
  ),
  both(
    'is denied what nobody granted',
    'Tool.execute',
    `Tool.file_read{ path = 'notes.txt' }`,
    `await Tool.fileRead({ path: 'notes.txt' })`,
    { error: 'PERMISSION_DENIED' },
  ),
  both(
    'streams a tool',
    'Tool.stream',
    `local rows = {}
     for chunk in Tool.stream('calculator', { expression = '1 + 1' }) do rows[#rows + 1] = { chunk.type, chunk.result and chunk.result.text } end
     return { rows, Tool.stream('calculator', { expression = '2' }):result().text }`,
    `const rows = []
     for await (const chunk of Tool.stream('calculator', { expression: '1 + 1' })) rows.push([chunk.type, chunk.result?.text])
     return [rows, (await Tool.stream('calculator', { expression: '2' }).result()).text]`,
    { value: [[['finish', '2']], '2'] },
  ),
  both(
    'finds and lists tools',
    'Tool.get Tool.exists Tool.list Tool.discover Tool.categories',
    `local t = Tool.get('calculator')
     return { t.name, t.category, t.version, t.source, t.parameters.required, t.schema, Tool.get('nothing') == nil,
       Tool.exists('calculator'), Tool.exists('nothing'), Tool.list(), Tool.discover{ query = 'arithmetic' }[1].name, Tool.categories() }`,
    `const t = await Tool.get('calculator')
     return [t.name, t.category, t.version, t.source, t.parameters.required, t.schema, (await Tool.get('nothing')) == null,
       await Tool.exists('calculator'), await Tool.exists('nothing'), await Tool.list(), (await Tool.discover({ query: 'arithmetic' }))[0].name, await Tool.categories()]`,
  ),
  both(
    'uses a tool as an object',
    'Tool.Tool.execute Tool.Tool.stream Tool.Tool.validate',
    `local t = Tool.get('calculator')
     return { t:execute({ expression = '2 ^ 10' }).text, t:stream({ expression = '3' }):result().text, t:validate{ expression = '1' }, t:validate{ expresion = '1' } }`,
    `const t = await Tool.get('calculator')
     return [(await t.execute({ expression: '2 ^ 10' })).text, (await t.stream({ expression: '3' }).result()).text, await t.validate({ expression: '1' }), await t.validate({ expresion: '1' })]`,
  ),
  both(
    'defines a tool, uses it and takes it away',
    'Tool.define Tool.undefine',
    `local t = ${DEFINE}
     local r = t:execute{ text = 'hey' }
     return { t.name, t.source, t.schema, r.result, Tool.shout{ text = 'a' }.result.loud_text, Tool.undefine(t), Tool.undefine('shout'), Tool.exists('shout') }`,
    `const t = ${JS_DEFINE}
     const r = await t.execute({ text: 'hey' })
     return [t.name, t.source, t.schema, r.result, (await Tool.shout({ text: 'a' })).result.loud_text, await Tool.undefine(t), await Tool.undefine('shout'), await Tool.exists('shout')]`,
  ),
  both(
    'refuses input that its own tool does not take',
    'Tool.define',
    `${DEFINE}\nTool.execute('shout', { text = 3 })`,
    `${JS_DEFINE}\nawait Tool.execute('shout', { text: 3 })`,
    { error: 'INPUT_INVALID' },
  ),
  both(
    'carries the error of its own tool',
    'Tool.define',
    `Tool.define{ name = 'bad', description = 'Fails', execute = function() error{ code = 'NO_LUCK', message = 'None.', hint = 'Try again.' } end }
     Tool.execute('bad')`,
    `await Tool.define({ name: 'bad', description: 'Fails', execute: () => { throw new SpellError({ code: 'NO_LUCK', message: 'None.', hint: 'Try again.' }) } })
     await Tool.execute('bad')`,
  ),
  both(
    'shows progress and hands out pieces from its own tool',
    'Tool.ToolCall.progress Tool.ToolCall.emit Tool.ToolCall.cancelled',
    `Tool.define{ name = 'words', description = 'Streams', execute = function(_, call)
       call:progress(1, 2, 'half')
       call:emit('one ')
       call:emit{ type = 'data', data = { n = 2 } }
       return { call.name, call.caller, call:cancelled() }
     end }
     local rows = {}
     for chunk in Tool.stream('words') do rows[#rows + 1] = { chunk.type, chunk.text, chunk.data or false } end
     return { rows, Tool.execute('words').result }`,
    `await Tool.define({ name: 'words', description: 'Streams', execute: async (_, call) => {
       await call.progress(1, 2, 'half')
       await call.emit('one ')
       await call.emit({ type: 'data', data: { n: 2 } })
       return [call.name, call.caller, await call.cancelled()]
     } })
     const rows = []
     for await (const chunk of Tool.stream('words')) rows.push([chunk.type, chunk.text, chunk.data ?? false])
     return [rows, (await Tool.execute('words')).result]`,
  ),
  both(
    'hands pieces to a callback',
    'Tool.execute',
    `local types = JSON.array{}
     Tool.execute('calculator', { expression = '1' }, { on_chunk = function(chunk) types[#types + 1] = chunk.type end })
     return { types = types, n = #types }`,
    `const types = []
     await Tool.execute('calculator', { expression: '1' }, { onChunk: (chunk) => { types.push(chunk.type) } })
     return { types, n: types.length }`,
  ),
]
