-- Every finished call is in the journal: killed at any instant, the run goes on behind the last one.
for day = 1, 3 do
  print("day " .. day, Tool.calculator{ expression = day .. " * 10" }.text)
  Run.checkpoint("day-" .. day)
end
return Run.ask("Send the report?", { choices = { "yes", "no" } })
