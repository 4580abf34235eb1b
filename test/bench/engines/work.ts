/** The same work in each language. Numbers that may pass 2^31 are floats: fengari's integers have 32 bits. */
export interface Work {
  readonly name: string
  readonly count?: number
  readonly lua: string
  readonly javascript: string
  readonly value: number
  readonly host?: 'json' | 'calls'
}

const ITEMS = Array.from({ length: 260 }, (_, i) => ({
  id: i,
  name: `item number ${i}`,
  tags: ['alpha', 'beta', 'gamma'],
  score: i / 8,
  nested: { enabled: true, note: 'some longer text that is not interned by any engine at all' },
}))
/** 46 KB. */
export const JSON_TEXT = JSON.stringify(ITEMS)

const CALLS = 100_000
const AWAITED = 10_000
const DOOR = 20_000
const sum = (n: number): number => (n * (n + 1)) / 2

/** `host` stands for a function of the host. */
const calls = (
  name: string,
  count: number,
  luaHost: string,
  jsHost: string,
  wait: string,
): Work => ({
  name,
  count,
  host: 'calls',
  lua: `local host, n = ${luaHost}, 0.0 for i = 1, ${count} do n = n + host(i) end return n`,
  javascript: `const host = ${jsHost}; let n = 0; for (let i = 1; i <= ${count}; i++) n += ${wait} host(i); return n`,
  value: sum(count),
})

export const FIB: Work = {
  name: 'fib(27)',
  lua: 'local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(27)',
  javascript: 'const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2); return fib(27)',
  value: 196_418,
}

export const TEXT: Work = {
  name: 'strings, tables, sort',
  lua: `local words, seen, n = {}, {}, 0
    for i = 1, 60000 do words[i] = "word" .. (i * 7919 % 60000) end
    table.sort(words)
    for i = 1, #words do
      local key = words[i]:sub(1, 6):upper()
      if not seen[key] then seen[key] = {} n = n + 1 end
      local list = seen[key]
      list[#list + 1] = words[i]
    end
    return n + #words`,
  javascript: `const words = [], seen = new Map(); let n = 0
    for (let i = 1; i <= 60000; i++) words.push('word' + (i * 7919 % 60000))
    words.sort((a, b) => a < b ? -1 : a > b ? 1 : 0)
    for (let i = 0; i < words.length; i++) {
      const key = words[i].slice(0, 6).toUpperCase()
      if (!seen.has(key)) { seen.set(key, []); n++ }
      seen.get(key).push(words[i])
    }
    return n + words.length`,
  value: 60_100,
}

export const ROUND_TRIP: Work = {
  name: 'JSON there and back, 10 x 46 KB',
  host: 'json',
  lua: `local text, n = [==[${JSON_TEXT}]==], 0
    for i = 1, 10 do n = n + #JSON.stringify(JSON.parse(text)) end return n`,
  javascript: `const text = ${JSON.stringify(JSON_TEXT)}; let n = 0
    for (let i = 0; i < 10; i++) n += JSON.stringify(JSON.parse(text)).length
    return n`,
  value: 10 * JSON_TEXT.length,
}

/** A function that runs in the engine's own thread. */
export const SYNC = calls('100,000 sync host calls', CALLS, 'here', 'here', '')
export const SOON = calls('10,000 awaited host calls', AWAITED, 'soon', 'soon', 'await')
export const DOORS = calls('20,000 calls of the host', DOOR, 'now', 'now', 'await')

export const ALL: readonly Work[] = [FIB, TEXT, ROUND_TRIP, SYNC, SOON, DOORS]
