/** Lua side of handles and builders. */
export const HANDLES = /* lua */ `
local host = ...
local fields_of, ids, unknown = host.fields, host.ids, host.unknown
local setmetatable, tostring, next, type, error = setmetatable, tostring, next, type, error
local sort = table.sort

local function keys(...)
  local names = {}
  for _, t in next, { ... } do
    for name in next, t do names[#names + 1] = name end
  end
  sort(names)
  return names
end

local function concat(a, b) return tostring(a) .. tostring(b) end

function host.handle_type(name, methods, described)
  local known = {}
  for _, field in next, described do known[field] = true end
  local mt = { __name = name, __metatable = false, __concat = concat }
  function mt.__index(h, key)
    local method = methods[key]
    if method ~= nil then return method end
    local value = fields_of[h][key]
    if value == nil and not known[key] then unknown(name, key, keys(methods, known)) end
    return value
  end
  function mt.__newindex()
    error({ code = 'INPUT_INVALID', message = "The fields of '" .. name .. "' cannot be set." }, 2)
  end
  function mt.__pairs(h) return next, fields_of[h], nil end
  function mt.__eq(a, b) return ids[a] ~= nil and ids[a] == ids[b] end
  function mt.__tostring(h)
    local text = fields_of[h].text
    return type(text) == 'string' and text or ids[h]
  end
  return mt
end

local function place(options, path, value, append)
  local at = options
  local parts = {}
  for part in path:gmatch('[^.]+') do parts[#parts + 1] = part end
  for i = 1, #parts - 1 do
    if at[parts[i]] == nil then at[parts[i]] = {} end
    at = at[parts[i]]
  end
  local last = parts[#parts]
  if not append then at[last] = value return end
  if at[last] == nil then at[last] = {} end
  at[last][#at[last] + 1] = value
end

local BUILDER, builders = host.builder_type, host.weak()
BUILDER.__name, BUILDER.__metatable = 'Builder', false
function BUILDER.__index(self, key)
  local builder = builders[self]
  return builder.methods[key] or unknown('The ' .. builder.name, key, keys(builder.methods))
end

local function setter(key, step, options)
  return function(self, value, more)
    if not builders[self] then
      error({ code = 'INPUT_INVALID', message = "'" .. key .. "' is a method of the builder.",
        hint = 'Call it with a colon: builder:' .. key .. '(...), not with a dot.' }, 2)
    end
    if value == nil then value = true end
    if step.keys and more ~= nil then value = { [step.keys[1]] = value, [step.keys[2]] = more } end
    place(options, step.path, value, step.append)
    return self
  end
end

function host.builder(module, call, steps)
  local options, methods, self = {}, {}, setmetatable({}, BUILDER)
  for key, step in next, steps do methods[key] = setter(key, step, options) end
  function methods.build() return _G[module][call](options) end
  builders[self] = { name = module .. ' builder', methods = methods }
  return self
end
`
