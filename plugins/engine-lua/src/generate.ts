import { LuaFactory } from 'wasmoon'
import { ASYNC, BASE, COROUTINES, HANDLES, STREAMS } from '@llmspell/sdk/lua'
import { PRELUDE } from './frames.ts'
import { OWN } from './prelude/own.ts'

const SOURCES = { ASYNC, BASE, COROUTINES, HANDLES, OWN, STREAMS }

/** Lua turns its own code into hex: text would not survive the way out. */
const DUMP = `
local source, name = ...
local code = string.dump(assert(load(source, name, 't')))
return (code:gsub('.', function(c) return ('%02x'):format(c:byte()) end))`

/**
 * For `npm run generate`: the preludes as code of the very binary that runs them. Reading them as text would be most of
 * what a session does before the script starts. Only our own code is ever loaded so.
 */
export async function generate(): Promise<Map<string, string>> {
  const lua = await new LuaFactory().createEngine()
  const dump = (await lua.doString(`return function(...) ${DUMP} end`)) as (
    ...args: string[]
  ) => string
  const lines = Object.entries(SOURCES).map(([name, source]) => {
    const code = Buffer.from(dump(source, PRELUDE), 'hex').toString('base64')
    return `export const ${name} =\n  '${code}'\n`
  })
  lua.global.close()
  return new Map([['prelude.ts', lines.join('')]])
}
