/**
 * What is done on the server, each in one step. All keys begin with `KEYS[1]`, a `{prefix}`:
 *
 * - `head`: number and hash of the last change, the `stamp` of the last batch, the generation `gen` of the rows, and whose
 *   turn it is to write, if somebody has asked for one;
 * - `index:<gen>`, `rows:<gen>`: the rows in order, and their values. A restore fills another generation;
 * - `gens`: generations that are being filled or were left, and until when they are kept;
 * - `views`: open snapshots, `<gen>/<id>`, and until when they are kept. `undo:<view>`: the value that a row had at its moment
 *   (`+value`, or `-` for none), written by the commit that changes the row; `undone:<view>`: those rows in order;
 * - `writers`, `seen`: the last batch of each process, and when it was.
 */
const COMMON = `
local function at(name) return KEYS[1] .. ':' .. name end
local call = redis.call
local gen = call('HGET', at('head'), 'gen')
local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function drop(view)
  call('UNLINK', at('undo:' .. view), at('undone:' .. view))
  call('ZREM', at('views'), view)
end
local function tidy()
  local time, used = now(), { [gen] = true }
  for _, view in ipairs(call('ZRANGEBYSCORE', at('views'), '-inf', time)) do drop(view) end
  for _, view in ipairs(call('ZRANGE', at('views'), 0, -1)) do used[view:match('^[^/]+')] = true end
  local gens = call('HGETALL', at('gens'))
  for i = 1, #gens, 2 do
    if not used[gens[i]] and tonumber(gens[i + 1]) < time then
      call('UNLINK', at('rows:' .. gens[i]), at('index:' .. gens[i]))
      call('HDEL', at('gens'), gens[i])
    end
  end
end
local function turnOf(writer)
  local held = call('HMGET', at('head'), 'turn', 'until')
  return not held[1] or held[1] == writer or tonumber(held[2]) < now()
end
local function apply(target, first)
  local dels = tonumber(ARGV[first])
  for i = first + 1, first + dels do
    call('HDEL', at('rows:' .. target), ARGV[i])
    call('ZREM', at('index:' .. target), ARGV[i])
  end
  for i = first + dels + 1, #ARGV, 2 do
    call('HSET', at('rows:' .. target), ARGV[i], ARGV[i + 1])
    call('ZADD', at('index:' .. target), 0, ARGV[i])
  end
end
local function advance(writer, batch, stamp, seq, hash)
  call('HSET', at('head'), 'seq', seq, 'hash', hash, 'stamp', stamp)
  call('HDEL', at('head'), 'turn', 'until')
  call('HSET', at('writers'), writer, batch)
  call('ZADD', at('seen'), now(), writer)
  call('PUBLISH', at('changes'), seq)
end
`

const THERE = `${COMMON}
if not gen then return redis.error_reply('GONE The store is gone') end
`

/** A view is there as long as nobody has dropped it; from then on its moment cannot be told any more. */
const SEEN = `${THERE}
local view = ARGV[1]
if view ~= '' then
  if not call('ZSCORE', at('views'), view) then return redis.error_reply('ENDED The view has ended') end
  gen = view:match('^[^/]+')
end
local function valueOf(row, longest)
  if view ~= '' then
    local size = call('HSTRLEN', at('undo:' .. view), row)
    if size > 0 then
      if size > longest + 1 then return 1 end
      local old = call('HGET', at('undo:' .. view), row)
      if old:byte() == 45 then return 0 end
      return old:sub(2)
    end
  end
  if call('HSTRLEN', at('rows:' .. gen), row) > longest then return 1 end
  return call('HGET', at('rows:' .. gen), row) or 0
end
`

/** `readOnly`, a name for a generation, the hash of no change. 0 where there is none, and none may be made. */
export const MAKE = `${COMMON}
if ARGV[1] == '1' then return gen and 1 or 0 end
if not gen then
  gen = ARGV[2]
  call('HSET', at('head'), 'seq', '0', 'hash', ARGV[3], 'stamp', 'new', 'gen', gen)
end
tidy()
for _, writer in ipairs(call('ZRANGEBYSCORE', at('seen'), '-inf', now() - 86400000)) do
  call('HDEL', at('writers'), writer)
  call('ZREM', at('seen'), writer)
end
return 1
`

/** `writer`, rows: the head, the last batch of the writer, and the rows. */
export const BEGIN = `${THERE}
local found = call('HMGET', at('head'), 'seq', 'hash', 'stamp')
found[4] = call('HGET', at('writers'), ARGV[1]) or '0'
for i = 2, #ARGV do found[i + 3] = call('HGET', at('rows:' .. gen), ARGV[i]) end
return found
`

/** `writer`, `batch`, the stamp it was planned on, its own stamp, `seq`, `hash`, number of rows to delete, those, rows and values. */
export const COMMIT = `${THERE}
if tonumber(call('HGET', at('writers'), ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 'done' end
if not turnOf(ARGV[1]) then return 'held' end
if call('HGET', at('head'), 'stamp') ~= ARGV[3] then return 'moved' end
tidy()
local views = {}
for _, view in ipairs(call('ZRANGE', at('views'), 0, -1)) do
  if call('HLEN', at('undo:' .. view)) > 1000000 then drop(view)
  elseif view:match('^[^/]+') == gen then views[#views + 1] = view end
end
local function keep(row)
  local old
  for _, view in ipairs(views) do
    if call('HEXISTS', at('undo:' .. view), row) == 0 then
      if old == nil then old = call('HGET', at('rows:' .. gen), row) end
      call('HSET', at('undo:' .. view), row, old and '+' .. old or '-')
      if old then call('ZADD', at('undone:' .. view), 0, row) end
    end
  end
end
if #views > 0 then
  local dels = tonumber(ARGV[7])
  for i = 8, 7 + dels do keep(ARGV[i]) end
  for i = 8 + dels, #ARGV, 2 do keep(ARGV[i]) end
end
apply(gen, 7)
advance(ARGV[1], ARGV[2], ARGV[4], ARGV[5], ARGV[6])
return 'done'
`

/** `writer`, `ms`: 1 where nobody else may write for so long. */
export const TURN = `${THERE}
if not turnOf(ARGV[1]) then return 0 end
call('HSET', at('head'), 'turn', ARGV[1], 'until', now() + tonumber(ARGV[2]))
return 1
`

/** `writer`, a generation that it will not finish. */
export const YIELD = `${THERE}
if call('HGET', at('head'), 'turn') == ARGV[1] then call('HDEL', at('head'), 'turn', 'until') end
if ARGV[2] ~= gen and call('HEXISTS', at('gens'), ARGV[2]) == 1 then call('HSET', at('gens'), ARGV[2], 0) end
tidy()
return 1
`

/** `writer`, `ms`, generation, then as in a commit: rows of a generation that nobody reads yet. */
export const FILL = `${THERE}
if call('HGET', at('head'), 'turn') ~= ARGV[1] then return 0 end
local till = now() + tonumber(ARGV[2])
call('HSET', at('head'), 'until', till)
call('HSET', at('gens'), ARGV[3], till)
apply(ARGV[3], 4)
return 1
`

/** `writer`, `batch`, stamp before, its own stamp, `seq`, `hash`, generation that takes the place of the rows. */
export const SWAP = `${THERE}
if tonumber(call('HGET', at('writers'), ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 'done' end
if call('HGET', at('head'), 'turn') ~= ARGV[1] then return 'moved' end
if call('HGET', at('head'), 'stamp') ~= ARGV[3] then return 'moved' end
if call('HEXISTS', at('gens'), ARGV[7]) == 0 then return 'moved' end
call('HSET', at('gens'), gen, 0)
call('HDEL', at('gens'), ARGV[7])
gen = ARGV[7]
call('HSET', at('head'), 'gen', gen)
advance(ARGV[1], ARGV[2], ARGV[4], ARGV[5], ARGV[6])
tidy()
return 'done'
`

/** `writer` that ends. */
export const FORGET = `${COMMON}
call('ZREM', at('seen'), ARGV[1])
return call('HDEL', at('writers'), ARGV[1])
`

/** A name, `ms`, the most that may be open: the view, or none. */
export const TAKE = `${THERE}
tidy()
if call('ZCARD', at('views')) >= tonumber(ARGV[3]) then return false end
local view = gen .. '/' .. ARGV[1]
call('ZADD', at('views'), now() + tonumber(ARGV[2]), view)
return view
`

/** View, `ms`. */
export const RENEW = `${THERE}
return call('ZADD', at('views'), 'XX', now() + tonumber(ARGV[2]), ARGV[1])
`

/** View. */
export const END = `${THERE}
drop(ARGV[1])
tidy()
return 1
`

/** View or none, rows: their values, 0 for one that is not there. */
export const READ = `${SEEN}
local values = {}
for i = 2, #ARGV do values[#values + 1] = valueOf(ARGV[i], math.huge) end
return values
`

/** View or none, first, beyond the last, `reverse`, how many, longest value: rows, values, and the same of rows that are gone. */
export const PAGE = `${SEEN}
local function page(name)
  local low, high = '[' .. ARGV[2], '(' .. ARGV[3]
  local rows
  if ARGV[4] == '1' then rows = call('ZREVRANGEBYLEX', at(name), high, low, 'LIMIT', 0, ARGV[5])
  else rows = call('ZRANGEBYLEX', at(name), low, high, 'LIMIT', 0, ARGV[5]) end
  local values = {}
  for i, row in ipairs(rows) do values[i] = valueOf(row, tonumber(ARGV[6])) end
  return rows, values
end
local rows, values = page('index:' .. gen)
if view == '' then return { rows, values, {}, {} } end
local gone, old = page('undone:' .. view)
return { rows, values, gone, old }
`

/** Bytes of the rows, about. */
export const BYTES = `${THERE}
return (call('MEMORY', 'USAGE', at('rows:' .. gen)) or 0) + (call('MEMORY', 'USAGE', at('index:' .. gen)) or 0)
`
