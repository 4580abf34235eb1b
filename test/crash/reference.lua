-- Every kind of call, each done in a way that would show a second doing.
local out = {}
local function say(text)
  out[#out + 1] = text
  print(text)
end

say("twice " .. Crash.twice(21))
say("product " .. Tool.calculator({ expression = "6 * 7" }).result.value)
say("row " .. Crash.once("row"))
say("mail " .. Crash.send("mail"))
say("line " .. Crash.note("first"))

local ok, err = pcall(Crash.refuse, "on purpose")
say("refused " .. tostring(ok) .. " " .. err.code)

for i = 1, 4 do
  say("round " .. i .. " " .. Crash.twice(i) .. " " .. Crash.send("round-" .. i))
end

local both = Async.all({
  left = function() return Crash.send("left-1") .. " " .. Crash.once("left-2") end,
  right = function() return Crash.once("right-1") .. " " .. Crash.send("right-2") end,
  middle = function() return Crash.twice(4) .. " " .. Crash.note("middle") end,
})
say("both " .. both.left .. ", " .. both.right .. ", " .. both.middle)

local lanes = Workflow.parallel({
  name = "lanes",
  steps = {
    { name = "sum", tool = "calculator", input = { expression = "1 + 2" } },
    { name = "sent", tool = "send", input = { name = "lane" } },
    { name = "own", run = function() return Crash.once("lane-own") end },
  },
}):execute()
say("lanes " .. tostring(lanes.success))

local chain = Workflow.sequential({
  name = "chain",
  steps = {
    { name = "a", run = function() return Crash.twice(5) end },
    { name = "b", tool = "send", input = { name = "chain-{{steps.a.output}}" } },
  },
}):execute()
say("chain " .. chain.result)

Run.sleep(30)
say("slept")
say("approved " .. tostring(Run.wait_for("approval").approved))

local clerk = Agent.create({ name = "clerk", model = "mock/demo", tools = { "calculator", "send" } })
say("clerk " .. #clerk:execute("What is 12 * 12?").text)
say("clerk " .. #clerk:execute('send {"name": "agent"}').text)

local length = 0
for chunk in clerk:stream("Say a few words.") do length = length + #chunk.text end
say("stream " .. length)

Run.checkpoint("late", { lines = #out })
say("random " .. Run.random(1, 1000000) .. " " .. #Run.uuid())
say("last " .. Crash.note("last") .. " " .. Crash.send("bye") .. " " .. Crash.twice(50))
return out
