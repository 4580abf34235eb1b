/** What Lua 5.3 does in its own way for the sources of the SDK. Runs before them. */
export const OWN = /* lua */ `
local host = ...
local pcall, error = pcall, error

local function ended(last, ok, ...)
  last()
  if ok then return ... end
  error((...), 0)
end
function host.call_ending(last, fn, ...) return ended(last, pcall(fn, ...)) end
`
