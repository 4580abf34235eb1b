/** What only Lua 5.4 can do for the sources of the SDK. Runs before them. */
export const OWN = /* lua */ `
local host = ...
local setmetatable = setmetatable

function host.weak() return setmetatable({}, { __mode = 'k' }) end

function host.call_ending(last, fn, ...)
  local guard <close> = setmetatable({}, { __close = last })
  return fn(...)
end
`
