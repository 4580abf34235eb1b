local clerk = Agent.create{ name = "clerk", system_prompt = "Answer in one line.", tools = { "calculator" } }
local answer = clerk:execute("What is 17% of " .. (ARGS[1] or "3480") .. "?")
return { text = answer.text, tools = #answer.tool_calls }
