import { both } from '../scenario.ts'

/** JSON, Log, Provider and Run. */
export const OTHERS = [
  both(
    'reads JSON',
    'JSON.parse',
    `return { JSON.parse('[1, 2.5, "a", true]'), JSON.parse('{"some_key": {"b": []}}'), JSON.parse('"x"'), JSON.parse('[null, 1]')[2] }`,
    `return [JSON.parse('[1, 2.5, "a", true]'), JSON.parse('{"some_key": {"b": []}}'), JSON.parse('"x"'), JSON.parse('[null, 1]')[1]]`,
  ),
  both(
    'writes JSON',
    'JSON.stringify',
    `return { JSON.stringify{ 1, 'two', { three = 3 } }, JSON.stringify('x'), JSON.stringify(JSON.array{}), JSON.stringify(2.5) }`,
    `return [JSON.stringify([1, 'two', { three: 3 }]), JSON.stringify('x'), JSON.stringify([]), JSON.stringify(2.5)]`,
    { value: ['[1,"two",{"three":3}]', '"x"', '[]', '2.5'] },
  ),
  both(
    'finds parts of values and JSON inside prose',
    'JSON.get JSON.extract',
    `return { JSON.get({ a = { b = { 5 } } }, 'a.b.1'), JSON.get({ a = 1 }, 'x.y') == nil, JSON.extract('so: {"some_key": [1]}!'), JSON.extract('none') == nil }`,
    `return [JSON.get({ a: { b: [5] } }, 'a.b.1'), JSON.get({ a: 1 }, 'x.y') == null, JSON.extract('so: {"some_key": [1]}!'), JSON.extract('none') == null]`,
    { value: [5, true, { some_key: [1] }, true] },
  ),
  both(
    'logs at each level',
    'Log.trace Log.debug Log.info Log.warn Log.error',
    `Log.trace('t') Log.debug('d', { some_key = 1 }) Log.info('i', 'text') Log.warn('w', { 1, 2 }) Log.error('e')`,
    `Log.trace('t'); Log.debug('d', { some_key: 1 }); Log.info('i', 'text'); Log.warn('w', [1, 2]); Log.error('e')`,
  ),
  both(
    'knows providers and models',
    'Provider.list Provider.get Provider.get_capabilities Provider.is_available Provider.models Provider.resolve',
    `return { Provider.list(), Provider.get('mock'), Provider.get_capabilities('mock'), Provider.get_capabilities('mock', 'demo'),
       Provider.is_available('mock'), Provider.is_available('nobody'), Provider.models('mock'), Provider.resolve('mock/demo'),
       Provider.resolve{ model = 'mock/demo', max_tokens = 5, settings = { some_key = 1 } } }`,
    `return [await Provider.list(), await Provider.get('mock'), await Provider.getCapabilities('mock'), await Provider.getCapabilities('mock', 'demo'),
       await Provider.isAvailable('mock'), await Provider.isAvailable('nobody'), await Provider.models('mock'), await Provider.resolve('mock/demo'),
       await Provider.resolve({ model: 'mock/demo', maxTokens: 5, settings: { some_key: 1 } })]`,
  ),
  both(
    'refuses a provider that nobody has',
    'Provider.get',
    `Provider.get('mok')`,
    `await Provider.get('mok')`,
    { error: 'PROVIDER_UNKNOWN' },
  ),
  both(
    'reads declared arguments',
    'Run.args',
    `local a = Run.args{ topic = 'string', depth = 'integer?', some_flag = { type = 'boolean', default = false } }
     return { a.topic, a.depth, a.some_flag, ARGS.topic, ARGS[1] == nil, ARGS.some_flag == nil, arg[1] == nil }`,
    `const a = Run.args({ topic: 'string', depth: 'integer?', some_flag: { type: 'boolean', default: false } })
     return [a.topic, a.depth, a.some_flag, ARGS.topic, ARGS[1] == null, ARGS.some_flag == null, arg[1] == null]`,
    { options: { args: ['--topic', 'cats', '--depth=3'] } },
  ),
  both(
    'reads words of the command line',
    '',
    `return { ARGS[0] == Run.script, ARGS[1], ARGS[2], ARGS.key, ARGS.flag, arg[2] }`,
    `return [ARGS[0] === Run.script, ARGS[1], ARGS[2], ARGS.key, ARGS.flag, arg[2]]`,
    {
      options: { args: ['one', '--key', 'v', 'two', '--flag'] },
      value: [true, 'one', 'two', 'v', 'true', 'two'],
    },
  ),
  both(
    'refuses arguments that do not fit',
    'Run.args',
    `Run.args{ depth = 'integer' }`,
    `Run.args({ depth: 'integer' })`,
    { options: { args: ['--depth', 'deep'] }, error: 'INPUT_INVALID' },
  ),
  both(
    'draws the same numbers from the same seed',
    'Run.random Run.uuid Run.now',
    `return { Run.random(), Run.random(6), Run.random(10, 20), Run.uuid(), Run.now() > 1e12, math.type(Run.now()) ~= nil }`,
    `return [Run.random(), Run.random(6), Run.random(10, 20), Run.uuid(), Run.now() > 1e12, typeof Run.now() === 'number']`,
    { options: { seed: 'parity' } },
  ),
  both('refuses an empty range', 'Run.random', `Run.random(5, 1)`, `Run.random(5, 1)`, {
    error: 'INPUT_INVALID',
  }),
  both(
    'waits, shows progress and knows its budget',
    'Run.sleep Run.progress Run.budget',
    `Run.progress(1, 3, 'first') Run.sleep('5ms') Run.sleep(1)
     local b = Run.budget()
     return { b.max_calls, b.used.calls, b.used.tokens, b.used.cost, type(b.used.time_ms) }`,
    `Run.progress(1, 3, 'first'); await Run.sleep('5ms'); await Run.sleep(1)
     const b = await Run.budget()
     return [b.maxCalls, b.used.calls, b.used.tokens, b.used.cost, typeof b.used.timeMs]`,
  ),
  both(
    'knows what it may do',
    'Run.permissions Run.can',
    `return { Run.permissions(), Run.can('read', 'notes.txt'), Run.can('write', 'notes.txt'), Run.can('net', 'example.org:443') }`,
    `return [await Run.permissions(), await Run.can('read', 'notes.txt'), await Run.can('write', 'notes.txt'), await Run.can('net', 'example.org:443')]`,
    { options: { allow: { read: ['.'] } } },
  ),
  both(
    'calls back at the end',
    'Run.on_end',
    `Run.on_end(function() print('bye') end) print('hello')`,
    `await Run.onEnd(() => print('bye')); print('hello')`,
  ),
  both(
    'marks a place, asks, and reads its calls',
    'Run.checkpoint Run.ask Run.journal',
    `Run.sleep(0)
     local n, calls = Run.checkpoint('half', { pages = 3 }), {}
     for call in Run.journal{ module = 'Run', limit = 2 } do calls[#calls + 1] = call['function'] end
     return { n >= 0, Run.ask('Ship it?', { choices = { 'yes', 'no' }, default = 'no' }), calls, Run.resumed }`,
    `await Run.sleep(0)
     const n = await Run.checkpoint('half', { pages: 3 }), calls = []
     for await (const call of Run.journal({ module: 'Run', limit: 2 })) calls.push(call.function)
     return [n >= 0, await Run.ask('Ship it?', { choices: ['yes', 'no'], default: 'no' }), calls, Run.resumed]`,
    { value: [true, 'no', ['sleep', 'checkpoint'], false] },
  ),
  both('asks nobody', 'Run.ask', `Run.ask('Ship it?')`, `await Run.ask('Ship it?')`, {
    error: 'NO_ONE_TO_ASK',
  }),
  both(
    'waits for a signal only in a journal',
    'Run.wait_for',
    `Run.wait_for('go')`,
    `await Run.waitFor('go')`,
    {
      error: 'NOT_AVAILABLE',
    },
  ),
  both(
    'ends itself',
    'Run.cancel',
    `print('before') Run.cancel('enough') print('after')`,
    `print('before'); await Run.cancel('enough'); print('after')`,
    { error: 'CANCELLED' },
  ),
  both(
    'knows itself',
    '',
    `return { Run.mode, type(Run.id), Run.engine.language ~= nil, Run.engine.name ~= nil }`,
    `return [Run.mode, typeof Run.id, Run.engine.language != null, Run.engine.name != null]`,
    { value: ['live', 'string', true, true] },
  ),
  both('has no function that is not described', '', `Run.slepe(1)`, `Run.slepe(1)`),
]
