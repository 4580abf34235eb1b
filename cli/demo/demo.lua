-- What llmspell does, in one script: an agent reads two files, computes, and answers
-- word by word. It runs without a key, and unchanged with a real model:
--
--   llmspell demo
--   llmspell demo --model openai/gpt-4o-mini
local readme, manifest = ARGS[1] or "README.md", ARGS[2] or "package.json"
local LINE = ("-"):rep(72)

local model = Provider.resolve()
print("Model    " .. model.id)
if model.mock then
  print("         The offline mock: it follows simple rules, no model is asked. Its first")
  print("         answer is a rate limit (429) on purpose, to show how that is survived.")
  print("         For a real one set OPENAI_API_KEY, or say --model PROVIDER/MODEL;")
  print("         OPENAI_BASE_URL leads to a server of your own.")
end

local agent = Agent.create{
  name = "guide",
  system_prompt = "Answer in at most six lines of plain text. Use the tools for facts and sums.",
  tools = { "file-read", "calculator" },
  settings = model.mock and { delay_ms = 25,
    fail = { on = { 1 }, step = 1, kind = "rate_limit", retry_after_ms = 400 } } or nil,
}
local question = ("Read '%s' and '%s' and say what this project is. "):format(readme, manifest)
  .. "Then work out 365 * 24 * 60: how many minutes does a year have?"
print("Question " .. question:gsub("%. ", ".\n         "))
print(LINE)

local result, streaming
for chunk in agent:stream(question) do
  if chunk.type == "tool_call" then
    local input = chunk.input.path or chunk.input.expression or JSON.stringify(chunk.input)
    print(("  > %-12s %s"):format(chunk.name, input))
  elseif chunk.type == "tool_result" and chunk.error then
    print("  ! " .. chunk.error.message)
  elseif chunk.type == "text" and chunk.text ~= "" then
    if not streaming then print() end
    streaming = true
    write(chunk.text)
  elseif chunk.type == "finish" then
    result = chunk.result
  end
end

local meta = result.metadata
print("\n" .. LINE)
print(("%-10s %-10s %-16s %-12s %s"):format("Steps", "Tools", "Tokens in/out", "Cost", "Time"))
print(("%-10d %-10d %-16s %-12s %.1f s"):format(meta.steps, #result.tool_calls,
  meta.usage.input_tokens .. "/" .. meta.usage.output_tokens,
  ("$%.4f"):format(meta.cost or 0), meta.duration_ms / 1000))
