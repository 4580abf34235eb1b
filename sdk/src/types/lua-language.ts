/** What every script finds, whatever is installed. */
export const LUA_LANGUAGE = `---@meta llmspell

---Prints values with a tab between them and ends the line; tables as readable text.
---@param ... any
function print(...) end

---Prints values with nothing between or behind them.
---@param ... any
function write(...) end

---The words behind the script: \`--key value\` is \`ARGS.key\`, the others are \`ARGS[1]\` and so on.
---@type table<string|integer, string>
ARGS = {}

---The script, and its words without those of \`--key value\`.
---@type string[]
arg = {}

---What a failed call raises. Test \`code\`, never the message.
---@class SpellError
---@field code string
---@field message string
---@field hint? string One thing to do.
---@field details? any
---@field where? { file: string, line: integer, column?: integer }
---@field cause? SpellError
---@operator concat: string

---Raw bytes.
---@class Bytes
---@operator len: integer
---@field string fun(self: Bytes): string
---@field base64 fun(self: Bytes): string
---@field hex fun(self: Bytes): string
---@field slice fun(self: Bytes, i?: integer, j?: integer): Bytes

---Pieces of an answer as they come: \`for chunk in stream do\`.
---@class Stream
---@overload fun(): any
---@field next fun(self: Stream): any
---@field result fun(self: Stream): any
---@field text fun(self: Stream): string
---@field each fun(self: Stream, fn: fun(chunk: any): boolean|nil)
---@field cancel fun(self: Stream)
`

/** Behind the description of \`JSON\`: what only the language can give. */
export const LUA_JSON = `---@class JSON.Null

---Null where an absent key will not do.
---@type JSON.Null
JSON.null = nil

---Marks a table as an array, also when it is empty.
---@generic T: table
---@param items? T
---@return T
function JSON.array(items) end

---Marks a table as an object, also when it is empty.
---@generic T: table
---@param fields? T
---@return T
function JSON.object(fields) end
`
