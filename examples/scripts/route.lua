-- A workflow that decides, repeats and undoes. Runs offline: llmspell run examples/scripts/route.lua
local price = Workflow.loop{ name = "price", collection = "{{input}}", steps = {
  { name = "line", tool = "calculator", input = { expression = "{{item.amount}} * {{item.each}}" } },
  { name = "value", run = function(ctx) return ctx.steps.line.output.value end },
} }

local order = Workflow.sequential{ name = "order", vars = { total = 0 }, steps = {
  { name = "reserve", run = function() return "reserved" end, compensate = function() print("reservation given back") end },
  { name = "lines", workflow = price, input = "{{input.lines}}" },
  function(ctx) for _, value in ipairs(ctx.steps.lines.output) do ctx.vars.total = ctx.vars.total + value end end,
  { name = "limit", when = { value = "{{vars.total}}", op = "gt", to = 100 }, run = function(ctx)
      error{ code = "TOO_DEAR", message = "The order comes to " .. ctx.vars.total }
    end },
  { name = "thanks", run = function(ctx) return "Total: " .. ctx.vars.total end },
} }

print(order:execute({ lines = { { amount = 3, each = 5 }, { amount = 2, each = 7 } } }).text)
local ok, err = pcall(function() return order:execute({ lines = { { amount = 30, each = 5 } } }) end)
print(err.details.step, err.details.error.code)
