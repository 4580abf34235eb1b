-- What is tested: an agent that answers questions about a shop, with one tool.
local shop = {}

local PRICES = { lamp = 12.5, kettle = 30 }

Tool.define{
  name = "price",
  description = "The price of one item, in euros.",
  parameters = { item = "string" },
  execute = function(params)
    return { price = PRICES[params.item] }
  end,
}

function shop.clerk()
  return Agent.create{
    model = "openai/gpt-4o-mini",
    system_prompt = "You sell lamps and kettles. Look prices up with the tool. Answer in one short sentence.",
    tools = { "price" },
  }
end

return shop
