-- Needs --allow-read=README.md
local page = Tool.file_read{ path = "README.md" }
local words = 0
for _ in page.text:gmatch("%S+") do words = words + 1 end
return { file = page.result.path, words = words }
