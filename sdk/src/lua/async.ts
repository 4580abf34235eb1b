/** Lua side of tasks. A task's state is a table that the driver fills when it ends. */
export const ASYNC = /* lua */ `
local host = ...
local start, wait, cancel, sleep = host.start, host.wait, host.cancel, host.sleep
local setmetatable, pairs, type, error = setmetatable, pairs, type, error
local unpack, min = table.unpack, math.min
local Async, states, TASK, methods = {}, host.weak(), host.task_type, {}

local function invalid(message, hint)
  error({ code = 'INPUT_INVALID', message = message, hint = hint }, 3)
end

local function outcome(state)
  if state.ok then return unpack(state, 1, state.n) end
  error(state.error, 0)
end

local function of(task)
  return states[task] or invalid('A method of a task was called without its task.',
    'Call it with a colon: task:await(), not with a dot.')
end

function methods.await(self)
  local state = of(self)
  wait(nil, 'each', state)
  return outcome(state)
end

function methods.cancel(self) cancel(of(self)) end
function methods.done(self) return of(self).done == true end

TASK.__name, TASK.__metatable = 'Task', false
function TASK.__index(_, key)
  return methods[key] or invalid("A task has no '" .. tostring(key) .. "'.", 'There is: await, cancel, done.')
end

local function gather(name, work)
  if type(work) ~= 'table' then invalid('Async.' .. name .. ' expects a table of functions.') end
  local keys, list = {}, {}
  for key, fn in pairs(work) do
    if not states[fn] and type(fn) ~= 'function' then
      invalid('Async.' .. name .. " expects functions, found a " .. type(fn) .. " at '" .. tostring(key) .. "'.",
        'Write function() return ... end around the call.')
    end
  end
  local count = #work
  local function add(key, fn)
    keys[#keys + 1] = key
    list[#list + 1] = states[fn] or start(true, fn)
  end
  for i = 1, count do if work[i] ~= nil then add(i, work[i]) end end
  for key, fn in pairs(work) do
    if type(key) ~= 'number' or key < 1 or key > count then add(key, fn) end
  end
  return keys, list
end

local function cancel_all(list)
  for i = 1, #list do cancel(list[i]) end
end

local function join(list)
  local failed = wait(nil, 'all', unpack(list))
  if failed > 0 then
    cancel_all(list)
    error(list[failed].error, 0)
  end
end

function Async.all(work)
  local keys, list = gather('all', work)
  join(list)
  local results = {}
  for i = 1, #keys do results[keys[i]] = list[i][1] end
  return results
end

function Async.settle(work)
  local keys, list = gather('settle', work)
  wait(nil, 'each', unpack(list))
  local results = {}
  for i = 1, #keys do
    local state = list[i]
    results[keys[i]] = { ok = state.ok, value = state[1], error = state.error }
  end
  return results
end

function Async.race(work)
  local _, list = gather('race', work)
  if #list == 0 then invalid('Async.race expects at least one function.') end
  local first = list[wait(nil, 'any', unpack(list))]
  cancel_all(list)
  return outcome(first)
end

local function most_of(options)
  if options == nil then return 8 end
  if type(options) ~= 'table' then invalid('Async.map expects a table of options.') end
  for key in pairs(options) do
    if key ~= 'max_concurrency' then
      invalid("Async.map has no option '" .. tostring(key) .. "'.", "Did you mean 'max_concurrency'?")
    end
  end
  local most = options.max_concurrency
  if most == nil then return 8 end
  if type(most) == 'number' and most >= 1 and most % 1 == 0 then return most end
  invalid("'max_concurrency': expected a whole number of at least 1, found " .. tostring(most) .. '.')
end

function Async.map(items, fn, options)
  if type(items) ~= 'table' then invalid('Async.map expects a list.') end
  local most = most_of(options)
  local results, list, at = {}, {}, 0
  local function worker()
    while at < #items do
      at = at + 1
      local i = at
      results[i] = fn(items[i], i)
    end
  end
  for i = 1, min(#items, most) do list[i] = start(true, worker) end
  join(list)
  return results
end

function Async.spawn(fn, ...)
  if type(fn) ~= 'function' then invalid('Async.spawn expects a function.') end
  local task = setmetatable({}, TASK)
  states[task] = start(false, fn, ...)
  return task
end

function Async.timeout(duration, fn)
  if type(fn) ~= 'function' then invalid('Async.timeout expects a duration and a function.') end
  local state = start(true, fn)
  if wait(duration, 'any', state) > 0 then return outcome(state) end
  cancel(state)
  error({ code = 'TIMEOUT', message = 'The function took longer than ' .. tostring(duration) ..
    (type(duration) == 'number' and ' ms.' or '.') }, 2)
end

function Async.sleep(duration) sleep(duration) end

host.async = Async
`
