/** Lua side of the base library: what the standard functions do differently here. */
export const BASE = /* lua */ `
local host = ...
local native_error, native_load, native_set = error, load, setmetatable
local type, rawget, rawset, getmetatable = type, rawget, rawset, getmetatable
local select, concat, gc = select, table.concat, collectgarbage
local ERROR, LIMIT = host.error, 262144

function error(value, level)
  if type(value) == 'table' and getmetatable(value) == nil and type(rawget(value, 'message')) == 'string' then
    native_set(value, ERROR)
  end
  level = level or 1
  native_error(value, level > 0 and level + 1 or level)
end

local raise = error

-- A finalizer would run at a moment that no replay repeats.
function setmetatable(t, mt, ...)
  local gc = type(mt) == 'table' and rawget(mt, '__gc')
  if not gc then return native_set(t, mt, ...) end
  rawset(mt, '__gc', nil)
  native_set(t, mt)
  rawset(mt, '__gc', gc)
  return t
end

local function gather(reader)
  local parts, size = {}, 0
  while true do
    local part = reader()
    if part == nil or part == '' then return concat(parts) end
    if type(part) ~= 'string' then native_error('reader function must return a string', 3) end
    parts[#parts + 1], size = part, size + #part
    if size > LIMIT then return nil end
  end
end

function load(chunk, name, mode, ...)
  local source = type(chunk) == 'function' and gather(chunk) or chunk
  if type(source) ~= 'string' and type(chunk) ~= 'function' then return native_load(chunk) end
  if type(source) ~= 'string' or #source > LIMIT then
    return nil, 'the source is larger than ' .. LIMIT .. ' bytes'
  end
  if mode == 'b' then return nil, 'attempt to load a binary chunk: only text is allowed' end
  name = name or (type(chunk) == 'function' and '=(load)' or source)
  if select('#', ...) > 0 then return native_load(source, name, 't', (...)) end
  return native_load(source, name, 't')
end

local modes = { stop = 0, restart = 0, step = true, setpause = 100, setstepmul = 100,
  isrunning = true, generational = 'incremental', incremental = 'incremental' }
function collectgarbage(option)
  if option == nil or option == 'collect' then return gc('collect') end
  if option == 'count' then return gc('count') end
  if modes[option] == nil then
    native_error("bad argument #1 to 'collectgarbage' (invalid option '" .. tostring(option) .. "')", 2)
  end
  return modes[option]
end

local loaded, loading = {}, {}
function require(name)
  if loaded[name] ~= nil then return loaded[name] end
  if loading[name] then
    raise({ code = 'SCRIPT_ERROR', message = "The module '" .. tostring(name) .. "' requires itself." }, 2)
  end
  local found = host.read_module(name)
  local chunk = host.compile(found.source, found.file)
  loading[name] = true
  local value = host.call_ending(function() loading[name] = nil end, chunk, name, found.file)
  if value == nil then value = true end
  loaded[name] = value
  return value
end

dofile, loadfile, warn = nil, nil, nil
string.dump = nil
debug = { traceback = debug.traceback }
io = { write = write }

ERROR.__name = 'error'
function ERROR.__tostring(e)
  local message = tostring(rawget(e, 'message') or rawget(e, 'code'))
  local hint = rawget(e, 'hint')
  return hint and message .. '\\n' .. tostring(hint) or message
end
function ERROR.__concat(a, b) return tostring(a) .. tostring(b) end

function host.text_type(field)
  local mt = {}
  function mt.__tostring(t) return tostring(rawget(t, field)) end
  function mt.__concat(a, b) return tostring(a) .. tostring(b) end
  return mt
end
`
