/** What a stream has. */
export const STREAM_METHODS = ['next', 'text', 'result', 'each', 'cancel']

/** Lua side of streams: chunks come in batches and are given out one by one. */
export const STREAMS = /* lua */ `
local host = ...
local ids, pull_batch, stop, unknown = host.ids, host.pull, host.stop, host.unknown_stream
local setmetatable, type, rawget, concat = setmetatable, type, rawget, table.concat
local states = host.weak()
local METATABLE, methods = host.stream_type, {}

local function state(self)
  return states[self] or unknown('')
end

local function chunk(self)
  local s = state(self)
  while s.at > s.count do
    if s.done then return nil end
    local batch = pull_batch(s.id, s.module)
    s.chunks, s.at, s.count = batch.chunks, 1, #batch.chunks
    s.done = batch.done
  end
  local value = s.chunks[s.at]
  s.chunks[s.at] = nil
  s.at = s.at + 1
  if type(value) == 'table' and value.type == 'finish' then s.final = value.result end
  return value
end

function methods.next(self) return chunk(self) end

function methods.result(self)
  while chunk(self) ~= nil do end
  return state(self).final
end

function methods.text(self)
  local parts = {}
  for value in self do
    local text = type(value) == 'table' and value.text or value
    if type(text) == 'string' then parts[#parts + 1] = text end
  end
  local final = state(self).final
  local text = type(final) == 'table' and rawget(final, 'text')
  return type(text) == 'string' and text or concat(parts)
end

function methods.each(self, fn)
  for value in self do
    if fn(value) == false then return end
  end
end

function methods.cancel(self)
  local s = state(self)
  s.at, s.count, s.chunks = 1, 0, {}
  if not s.done then
    s.done = true
    stop(s.id)
  end
end

METATABLE.__name = 'Stream'
METATABLE.__metatable = false
METATABLE.__call = function(self) return chunk(self) end
function METATABLE.__index(_, key) return methods[key] or unknown(key) end

function host.stream(id, module)
  local self = setmetatable({}, METATABLE)
  states[self] = { id = id, module = module, at = 1, count = 0, done = false }
  return self
end
`
