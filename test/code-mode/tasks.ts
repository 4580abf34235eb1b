import { call, program } from './desk.ts'
import type { Desk, Said } from './desk.ts'

/** A task with what a model says to it when it calls tools step by step, and when it writes a program. */
export interface Task {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly tools: readonly string[]
  /** Must stand in what the last step has read. */
  readonly answer: string
  /** Calls of one step that need nothing of one another are made at once. */
  readonly plain: readonly Said[]
  readonly code: Said
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)
const read = (path: string) => call('file-read', { path })
const calculate = (expression: string): Said => ({
  toolCalls: [call('calculator', { expression })],
})

const texts = numbers(20).map((n) => `Report ${n}. ${'Lamps and kettles were sold. '.repeat(n)}`)
const lengths = texts.map((text) => text.length)
const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0)

const sales = numbers(120).map((n) => ({
  id: n,
  city: ['Bonn', 'Kiel', 'Ulm'][n % 3]!,
  amount: (n * 37) % 500,
}))
const wanted = sales.filter(({ city, amount }) => city === 'Kiel' && amount > 250)

const people = numbers(30).map((id) => ({ id, name: `Person ${id}` }))
const orders = numbers(60).map((n) => ({ person: (n % 30) + 1, total: (n * 7) % 90 }))
const ofTen = orders.filter(({ person }) => person === 10)

const rates = [3, 5, 2, 4, 6, 1, 3, 2, 5, 4]
/** Whole numbers beyond 2^53: the calculator is exact there. */
const steps = rates.map((_, i) =>
  rates.slice(0, i + 1).reduce((value, rate) => value * BigInt(100 + rate), 1000n),
)

export const TASKS: readonly Task[] = [
  {
    name: 'lengths of 20 files, summed',
    files: Object.fromEntries(texts.map((text, i) => [`report-${i + 1}.txt`, text])),
    tools: ['file-read', 'calculator'],
    answer: String(sum(lengths)),
    plain: [
      { toolCalls: texts.map((_, i) => read(`report-${i + 1}.txt`)) },
      calculate(lengths.join(' + ')),
    ],
    code: program(
      'lua',
      `local sum = 0
for i = 1, 20 do sum = sum + #Tool.file_read{ path = "report-" .. i .. ".txt" }.text end
return sum`,
    ),
  },
  {
    name: 'a CSV filtered by two conditions',
    files: {
      'sales.csv': `id,city,amount\n${sales.map(({ id, city, amount }) => `${id},${city},${amount}\n`).join('')}`,
    },
    tools: ['file-read', 'calculator'],
    answer: String(sum(wanted.map(({ amount }) => amount))),
    plain: [
      { toolCalls: [read('sales.csv')] },
      calculate(wanted.map(({ amount }) => amount).join(' + ')),
    ],
    code: program(
      'javascript',
      `const { text } = await Tool.file_read({ path: 'sales.csv' })
const rows = text.trim().split('\\n').slice(1).map((line) => line.split(','))
return rows.filter(([, city, amount]) => city === 'Kiel' && amount > 250).reduce((n, row) => n + +row[2], 0)`,
    ),
  },
  {
    name: 'two JSON files joined',
    files: { 'people.json': JSON.stringify(people), 'orders.json': JSON.stringify(orders) },
    tools: ['file-read', 'calculator'],
    answer: String(sum(ofTen.map(({ total }) => total))),
    plain: [
      { toolCalls: [read('people.json'), read('orders.json')] },
      calculate(ofTen.map(({ total }) => total).join(' + ')),
    ],
    code: program(
      'javascript',
      `const load = async (path) => JSON.parse((await Tool.file_read({ path })).text)
const [people, orders] = await Promise.all([load('people.json'), load('orders.json')])
const { id } = people.find(({ name }) => name === 'Person 10')
return orders.filter((one) => one.person === id).reduce((n, one) => n + one.total, 0)`,
    ),
  },
  {
    name: '10 calculations, each on the last',
    files: {},
    tools: ['calculator'],
    answer: String(steps.at(-1)),
    plain: rates.map((rate, i) => calculate(`${i === 0 ? 1000 : steps[i - 1]} * (100 + ${rate})`)),
    code: program(
      'lua',
      `local value = "1000"
for _, rate in ipairs{ ${rates.join(', ')} } do
  value = Tool.calculator{ expression = value .. " * (100 + " .. rate .. ")" }.text
end
return value`,
    ),
  },
  {
    name: 'a trail through 6 files',
    files: Object.fromEntries(
      numbers(6).map((n) => [`t${n}.txt`, n === 6 ? 'The end: 4711' : `t${n + 1}.txt`]),
    ),
    tools: ['file-read'],
    answer: '4711',
    plain: numbers(6).map((n) => ({ toolCalls: [read(`t${n}.txt`)] })),
    code: program(
      'lua',
      `local path = "t1.txt"
repeat
  local text = Tool.file_read{ path = path }.text
  path = text:match("t%d%.txt")
  if not path then return text end
until false`,
    ),
  },
]

/** What one way of doing a task took. */
export interface Cost {
  readonly steps: number
  readonly input: number
  readonly output: number
}

/** Plays a task in one way. @throws where the model would not have read the answer */
export async function playTask(desk: Desk, task: Task, way: 'plain' | 'code'): Promise<Cost> {
  for (const [name, text] of Object.entries(task.files)) desk.write(name, text)
  const said = way === 'plain' ? task.plain : [task.code]
  const end: Said = (seen) => {
    const last = seen.slice(seen.lastIndexOf('"role":"tool"'))
    if (!last.includes(task.answer)) throw new Error(`${task.name}: ${last}`)
    return { text: `It is ${task.answer}.` }
  }
  desk.play(...said, end)
  const tools = way === 'plain' ? task.tools : ['run-script', ...task.tools]
  const { metadata } = await desk.ask({ tools })
  const { input_tokens: input, output_tokens: output } = metadata.usage
  return { steps: metadata.steps, input, output }
}
