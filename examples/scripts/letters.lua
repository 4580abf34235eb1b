-- A session: what several runs do together.
-- llmspell run --session "$(llmspell session create letters)" examples/scripts/letters.lua

local session = Session.get_current() or Session.create{ name = "letters" }
local poet = Agent.create{ name = "poet", session = session }
local said = poet:execute("Say what you are").text

local row = Artifact.store(session, "agent_output", "letter.txt", said)
State.update("session", "letters", function(count) return (count or 0) + 1 end)
print("letter " .. State.load("session", "letters") .. ", " .. row.bytes .. " bytes, number " .. row.sequence)
for _, kept in ipairs(Artifact.list(session)) do print(kept.sequence, kept.name) end
