local agent = Agent.create{ system_prompt = "Answer in one line." }
print(agent:execute("What is a spell?").text)
