-- What can go wrong, and how a script finds out.

-- A tool that judges its input answers, also with a no.
local half = Tool.calculator{ expression = "1 / 0" }
print(half.success, half.error.code, half.error.hint)

-- The same as an error.
local ok, err = pcall(Tool.execute, "calculator", { expression = "1 / 0" }, { on_error = "raise" })
print(ok, err.code)

-- What was not granted raises in any case: --allow-read=README.md would let it through.
local read, denied = pcall(Tool.file_read, { path = "README.md" })
print(read, read and "read it" or denied.code)
