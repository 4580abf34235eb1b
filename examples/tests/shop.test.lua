-- llmspell test examples/tests --allow-read=examples/tests
local shop = require("shop")

Test.case("a clerk looks the price up before it answers", function()
  local answer = shop.clerk():execute("How much is a lamp?")
  Test.matches(answer.text, "12[.,]50?")
  Test.equal(answer.tool_calls[1].name, "price")
end)

Test.case("a clerk says nothing of prices that it cannot find", function()
  local answer = shop.clerk():execute("How much is a piano?")
  Test.matches(answer.text, "do not sell")
end)

Test.case("an answer streams word by word", function()
  local words = {}
  for chunk in shop.clerk():stream("Good morning!") do
    if chunk.type == "text" then words[#words + 1] = chunk.text end
  end
  Test.ok(#words > 1, "more than one chunk")
  Test.equal(table.concat(words), "Good morning! How can I help you?")
end)
