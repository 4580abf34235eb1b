--[[ llmspell
{
  "version": "1.0.0",
  "description": "Dice: a tool, a command, and a hook that keeps them small.",
  "contributes": {
    "tools": [
      {
        "description": "Rolls dice and says what came up. Give the number of dice and of their sides.",
        "input": { "count": { "type": "integer", "minimum": 1, "maximum": 100, "default": 1 }, "sides": "integer?" },
        "output": { "rolls": ["integer"], "sum": "integer" }
      }
    ],
    "hooks": ["tool.input"],
    "commands": [
      {
        "name": "dice roll",
        "summary": "Roll dice",
        "args": [{ "name": "count", "summary": "How many", "default": "1" }],
        "flags": [{ "name": "sides", "type": "number", "summary": "Sides of each", "default": 6 }],
        "examples": [{ "command": "dice roll 3 --sides 20", "description": "Three dice with 20 sides" }]
      }
    ]
  }
}
]]

-- Lives as long as the session: what must outlive it belongs into State.
local rolled = 0

local function roll(count, sides)
  local rolls, sum = {}, 0
  for i = 1, count do
    rolls[i] = math.random(1, sides)
    sum = sum + rolls[i]
  end
  rolled = rolled + count
  return { rolls = rolls, sum = sum }
end

return {
  tools = {
    dice = function(input, call)
      call:progress(0, input.count, "rolling")
      return roll(input.count, input.sides or 6)
    end,
  },
  hooks = {
    ["tool.input"] = function(ctx)
      if ctx.data.tool ~= "dice" then return end
      if (ctx.data.params.sides or 6) > 1000 then return Hook.cancel("a die has at most 1000 sides") end
    end,
  },
  commands = {
    ["dice roll"] = function(call)
      local result = roll(tonumber(call.args.count), call.flags.sides)
      print(table.concat(result.rolls, " ") .. " = " .. result.sum)
      return result
    end,
  },
}
