import fc from 'fast-check'

/** A small program that asks for things in an order of its own, alone and beside others. */
export type Program = readonly Statement[]

type Statement =
  | { readonly do: 'twice' | 'once' | 'send'; readonly value: number }
  | { readonly do: 'refuse' | 'chance' | 'clock' }
  | { readonly do: 'loop'; readonly times: number; readonly body: Program }
  | { readonly do: 'beside'; readonly lanes: readonly Program[] }
  | { readonly do: 'lanes' | 'chain'; readonly value: number }

const value = fc.nat(9)
const { program } = fc.letrec<{ program: Program; statement: Statement }>((tie) => ({
  program: fc.array(tie('statement'), { minLength: 1, maxLength: 4, depthIdentifier: 'depth' }),
  statement: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'depth' },
    fc.record({ do: fc.constantFrom('twice', 'once', 'send'), value }),
    fc.record({ do: fc.constantFrom('refuse', 'chance', 'clock') }),
    fc.record({ do: fc.constantFrom('lanes', 'chain'), value }),
    fc.record({
      do: fc.constant('loop'),
      times: fc.integer({ min: 1, max: 3 }),
      body: tie('program'),
    }),
    fc.record({
      do: fc.constant('beside'),
      lanes: fc.array(tie('program'), { minLength: 1, maxLength: 3, depthIdentifier: 'depth' }),
    }),
  ) as fc.Arbitrary<Statement>,
}))
export { program }

const argument = ({ do: what, value: given }: { do: string; value: number }): string =>
  what === 'twice' ? `${given}` : `"name-${given}"`

const workflow = (steps: string, kind: 'lanes' | 'chain'): string =>
  `Workflow.${kind === 'lanes' ? 'parallel' : 'sequential'}({ ${steps} })`

/** Each program gives back everything that it was given. */
export function lua(body: Program): string {
  return `local out = {}\n${body.map(luaLine).join('\n')}\nreturn out`
}

function luaLine(statement: Statement): string {
  const keep = (text: string): string => `out[#out + 1] = ${text}`
  switch (statement.do) {
    case 'refuse':
      return keep('select(2, pcall(Crash.refuse, "on purpose")).code')
    case 'chance':
      return keep('Run.random(1, 1000) .. Run.uuid()')
    case 'clock':
      return keep('Run.now()')
    case 'loop':
      return `for _ = 1, ${statement.times} do\n${statement.body.map(luaLine).join('\n')}\nend`
    case 'beside':
      return keep(
        `Async.all({ ${statement.lanes.map((lane) => `function() ${lua(lane)} end`).join(', ')} })`,
      )
    case 'lanes':
    case 'chain':
      return keep(`${workflow(luaSteps(statement.value), statement.do)}:execute().success`)
    default:
      return keep(`Crash.${statement.do}(${argument(statement)})`)
  }
}

const luaSteps = (given: number): string => `name = "w", steps = {
  { name = "a", run = function() return Crash.twice(${given}) end },
  { name = "b", tool = "send", input = { name = "step-${given}" } } }`

export function javascript(body: Program): string {
  return `const out = []\n${body.map(jsLine).join('\n')}\nreturn out`
}

function jsLine(statement: Statement): string {
  const keep = (text: string): string => `out.push(${text})`
  switch (statement.do) {
    case 'refuse':
      return keep("await Crash.refuse('on purpose').catch((error) => error.code)")
    case 'chance':
      return keep('Run.random(1, 1000) + Run.uuid()')
    case 'clock':
      return keep('Run.now()')
    case 'loop':
      return `for (let i = 0; i < ${statement.times}; i++) {\n${statement.body.map(jsLine).join('\n')}\n}`
    case 'beside':
      return keep(
        `await Promise.all([${statement.lanes.map((lane) => `(async () => { ${javascript(lane)} })()`).join(', ')}])`,
      )
    case 'lanes':
    case 'chain':
      return keep(
        `(await (await ${workflow(jsSteps(statement.value), statement.do)}).execute()).success`,
      )
    default:
      return keep(`await Crash.${statement.do}(${argument(statement)})`)
  }
}

const jsSteps = (given: number): string => `name: 'w', steps: [
  { name: 'a', run: () => Crash.twice(${given}) },
  { name: 'b', tool: 'send', input: { name: 'step-${given}' } }]`
