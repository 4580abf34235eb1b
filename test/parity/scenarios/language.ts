import { both } from '../scenario.ts'

/** What the engines do with values, handles, streams, callbacks and errors. */
export const LANGUAGE = [
  both('gives nothing', '', `return`, `return`),
  both(
    'gives values of each kind',
    '',
    `return { 1, 2.5, 'é', true, JSON.array{}, JSON.object{}, { some_key = { 1 } }, JSON.null }`,
    `return [1, 2.5, 'é', true, [], {}, { some_key: [1] }, null]`,
    { value: [1, 2.5, 'é', true, [], {}, { some_key: [1] }, null] },
  ),
  both(
    'hands values to the host and gets them back',
    '',
    `local function same(v) return Probe.echo(v) end
     return { same(1), same(2.5), same(-0.0) == 0, same('x'), same(false), same({}), same(JSON.array{}), same{ 1, { a_b = 2 } }, same(nil) == nil }`,
    `const same = (v) => Probe.echo(v)
     return [await same(1), await same(2.5), (await same(-0)) === 0, await same('x'), await same(false), await same({}), await same([]), await same([1, { a_b: 2 }]), (await same(undefined)) === undefined]`,
  ),
  both(
    'sends null where it is asked to',
    '',
    `return { Probe.echo(JSON.null) == nil, Probe.echo{ 1, JSON.null, 3 } }`,
    `return [(await Probe.echo(null)) == null, await Probe.echo([1, null, 3])]`,
    { value: [true, [1, null, 3]] },
  ),
  both('refuses NaN', '', `Probe.echo{ a = { 0/0 } }`, `await Probe.echo({ a: [NaN] })`, {
    error: 'VALUE_UNSUPPORTED',
    loose: true,
  }),
  both(
    'refuses a cycle',
    '',
    `local t = {} t.me = t Probe.echo(t)`,
    `const t = {}; t.me = t; await Probe.echo(t)`,
    { error: 'VALUE_UNSUPPORTED' },
  ),
  both(
    'refuses a function where none is wanted',
    '',
    `Probe.echo{ fn = function() end }`,
    `await Probe.echo({ fn: () => {} })`,
    { error: 'VALUE_UNSUPPORTED' },
  ),
  both(
    'refuses what is too deep',
    '',
    `local t = {} for _ = 1, 80 do t = { t } end Probe.echo(t)`,
    `let t = {}; for (let i = 0; i < 80; i++) t = [t]; await Probe.echo(t)`,
    { error: 'VALUE_TOO_LARGE' },
  ),
  both(
    'catches an error of the host',
    '',
    `local ok, err = pcall(Probe.fail, 'OUT_OF_LUCK')
     return { ok, err.code, err.message, err.hint, err.details, err.where.line }`,
    `const err = await Probe.fail('OUT_OF_LUCK').catch((e) => e)
     return [false, err.code, err.message, err.hint, err.details, err.where.line]`,
    {
      value: [
        false,
        'OUT_OF_LUCK',
        "The probe failed with 'OUT_OF_LUCK'.",
        'Expect it.',
        { n: 1 },
        1,
      ],
    },
  ),
  both(
    'raises an error of its own',
    '',
    `error{ code = 'NO_INVOICE', message = 'None.', hint = 'Send one.', details = { some_key = 1 } }`,
    `throw new SpellError({ code: 'NO_INVOICE', message: 'None.', hint: 'Send one.', details: { some_key: 1 } })`,
    { error: 'NO_INVOICE' },
  ),
  both('raises plain text', '', `error('just text', 0)`, `throw 'just text'`, {
    error: 'SCRIPT_ERROR',
  }),
  both('is no program', '', `return (`, `return (`, { error: 'SCRIPT_SYNTAX' }),
  both(
    'calls a method of a handle',
    '',
    `local t = Probe.thing('a')
     return { t.name, t:rename('b'), t:rename('c'), t == t }`,
    `const t = await Probe.thing('a')
     return [t.name, await t.rename('b'), await t.rename('c'), t === t]`,
    { value: ['a', 'a is b', 'b is c', true] },
  ),
  both(
    'has no field or method that is not described',
    '',
    `local t = Probe.thing('a') return t.nmae`,
    `const t = await Probe.thing('a'); return t.nmae`,
    { error: 'FUNCTION_UNKNOWN' },
  ),
  both(
    'cannot change a handle',
    '',
    `local t = Probe.thing('a') pcall(function() t.name = 'b' end) return t.name`,
    `const t = await Probe.thing('a'); try { t.name = 'b' } catch {} return t.name`,
    { value: 'a' },
  ),
  both(
    'reads a stream to its end',
    '',
    `local sum = 0
     for chunk in Probe.count(40) do if chunk.type == 'number' then sum = sum + chunk.value end end
     return { sum, Probe.count(3):text(), Probe.count(3):result() }`,
    `let sum = 0
     for await (const chunk of Probe.count(40)) if (chunk.type === 'number') sum += chunk.value
     return [sum, await Probe.count(3).text(), await Probe.count(3).result()]`,
  ),
  both(
    'reads a stream by a function that stops it',
    '',
    `local seen = {} Probe.count(5):each(function(chunk) seen[#seen + 1] = chunk.value return chunk.value < 2 end) return seen`,
    `const seen = []; await Probe.count(5).each((chunk) => { seen.push(chunk.value); return chunk.value < 2 }); return seen`,
    { value: [1, 2] },
  ),
  both(
    'lets the host call a function',
    '',
    `return { Probe.ask(function(v) return { got = v } end, 5), Probe.ask(function() return Probe.later('in', 2) end) }`,
    `return [await Probe.ask((v) => ({ got: v }), 5), await Probe.ask(() => Probe.later('in', 2))]`,
    { value: [{ got: 5 }, 'in'] },
  ),
  both(
    'carries an error through a function that the host called',
    '',
    `Probe.ask(function() error{ code = 'NO_LUCK', message = 'None.' } end)`,
    `await Probe.ask(() => { throw new SpellError({ code: 'NO_LUCK', message: 'None.' }) })`,
    { error: 'NO_LUCK' },
  ),
  both(
    'gets defaults of a closed table',
    '',
    `return { Probe.strict{ name = 'x' }, select(2, pcall(Probe.strict, { name = 'x', sise = 1 })).code }`,
    `return [await Probe.strict({ name: 'x' }), (await Probe.strict({ name: 'x', sise: 1 }).catch((e) => e)).code]`,
    { value: [{ name: 'x', size: 3 }, 'INPUT_INVALID'] },
  ),
  both('lacks an argument', '', `Probe.fail()`, `await Probe.fail()`, { error: 'INPUT_INVALID' }),
  both('has an argument too many', '', `return Probe.echo(1, 2)`, `return Probe.echo(1, 2)`),
  both(
    'prints',
    '',
    `print('a', 1, true) write('b', 'c') print()`,
    `print('a', 1, true); write('b', 'c'); print()`,
  ),
  both(
    'has no way out of its own',
    '',
    `return { os.execute == nil, require ~= nil, io.open == nil }`,
    `return [typeof process === 'undefined', typeof require !== 'undefined', typeof fetch === 'undefined']`,
    { value: [true, true, true] },
  ),
]
