-- What llmspell does, in one script: an agent reads two files, computes, and answers
-- word by word. It runs without a key, and unchanged with a real model:
--
--   llmspell demo
--   llmspell demo --model openai/gpt-4o-mini
local readme, manifest = ARGS[1] or "README.md", ARGS[2] or "package.json"
local WIDTH = 76
local RULE = ("─"):rep(WIDTH)

-- Words as they come, broken before they pass the margin.
local column, gap, word = 0, "", ""
local function put(margin)
  if word == "" then return end
  if column + #gap + utf8.len(word) > WIDTH then
    gap = "\n" .. margin
    column = #margin
  else
    column = column + #gap
  end
  write(gap .. word)
  column, gap, word = column + utf8.len(word), "", ""
end
local function flow(text, margin)
  for char in text:gmatch(utf8.charpattern) do
    if char ~= " " and char ~= "\n" then
      word = word .. char
    else
      put(margin)
      gap = char
      if char == "\n" then column = -1 end
    end
  end
end

local model = Provider.resolve()
print("model     " .. model.id)
if model.mock then
  print("          The offline mock: it follows simple rules, no model is asked. Its")
  print("          first answer is a rate limit (429) on purpose, to show the recovery.")
  print("          For a real one set OPENAI_API_KEY, or add --model PROVIDER/MODEL;")
  print("          OPENAI_BASE_URL leads to a server of your own.")
end

local agent = Agent.create{
  name = "guide",
  system_prompt = "Answer in at most six lines of plain text. Use the tools for facts and sums.",
  model = model.id,
  tools = { "file-read", "calculator" },
  settings = model.mock and { delay_ms = 30,
    fail = { on = { 1 }, step = 1, kind = "rate_limit", retry_after_ms = 400 } } or nil,
}
local question = ("Read '%s' and '%s' and say what this project is. "):format(readme, manifest)
  .. "Then work out 365 * 24 * 60: how many minutes does a year have?"
write("question  ")
column = 10
flow(question .. "\n", (" "):rep(10))
print("\n" .. RULE)

local result, answering
column, gap = 0, ""
for chunk in agent:stream(question) do
  if chunk.type == "tool_call" then
    local input = chunk.input.path or chunk.input.expression or JSON.stringify(chunk.input)
    print(("→ %-11s %s"):format(chunk.name, input))
  elseif chunk.type == "tool_result" and chunk.error then
    print("✗ " .. chunk.error.message)
  elseif chunk.type == "text" and chunk.text ~= "" then
    if not answering then print() end
    answering = true
    flow(chunk.text, "")
  elseif chunk.type == "finish" then
    result = chunk.result
  end
end
put("")

local meta = result.metadata
local row = "%-8s %-8s %-14s %-10s %s"
print("\n" .. RULE)
print(row:format("steps", "tools", "tokens in/out", "cost", "time"))
print(row:format(meta.steps, #result.tool_calls,
  meta.usage.input_tokens .. "/" .. meta.usage.output_tokens,
  ("$%.4f"):format(meta.cost or 0), ("%.1f s"):format(meta.duration_ms / 1000)))
