/** Lua side of coroutines: a wait for the host passes through those of the script. */
export const COROUTINES = /* lua */ `
local host = ...
local HOST, tasks = host.tag, host.tasks
local resume, yield, create, running = coroutine.resume, coroutine.yield, coroutine.create, coroutine.running
local status, isyieldable, close = coroutine.status, coroutine.isyieldable, coroutine.close
local native_error = error
local waiting = host.weak()

local function pass(co, ok, tag, ...)
  if ok and tag == HOST then
    waiting[co] = true
    yield(HOST)
    waiting[co] = nil
    return pass(co, resume(co))
  end
  return ok, tag, ...
end

function coroutine.resume(co, ...)
  if waiting[co] then return false, 'cannot resume non-suspended coroutine' end
  return pass(co, resume(co, ...))
end

local function unwrap(co, ok, ...)
  if ok then return ... end
  local message = ...
  if close and (status(co) == 'suspended' or status(co) == 'dead') then close(co) end
  native_error(message, 0)
end

function coroutine.wrap(fn)
  local co = create(fn)
  return function(...)
    if waiting[co] then native_error('cannot resume non-suspended coroutine', 2) end
    return unwrap(co, pass(co, resume(co, ...)))
  end
end

function coroutine.yield(...)
  if tasks[running()] then native_error('attempt to yield from outside a coroutine', 2) end
  return yield(...)
end

function coroutine.running()
  local co, main = running()
  return co, main or tasks[co] ~= nil
end

function coroutine.isyieldable(co)
  if co == nil then co = running() end
  return isyieldable(co) and tasks[co] == nil
end

function coroutine.status(co)
  return waiting[co] and 'normal' or status(co)
end

if close then coroutine.close = function(co)
  if waiting[co] then native_error('cannot close a normal coroutine', 2) end
  return close(co)
end end
`
