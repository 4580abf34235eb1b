import { engineSuite } from '@llmspell/sdk/testing'
import { engine } from './engine.ts'

// Rows without a script are those that the language has no words for: tasks, and streams that are left half way.
engineSuite({
  engine,
  language: 'lisp',
  scripts: {
    'gives the value of the script': '{:a 1 :b [true "x"]}',
    'takes values out and in unchanged, at once and later':
      '(let (v (Probe.echo {:n 9007199254740992 :i -7 :f 1.5 :s "äöü🌍" :e {} :l [{} 1]})) (Probe.later v))',
    'keeps arrived arrays as arrays, empty ones too': '(Probe.echo (Probe.shapes))',
    'makes an empty table what the schema wants': '(Probe.list [])',
    'carries bytes both ways': '(Probe.echo (Probe.bytes))',
    'refuses what is no plain data, with the path': '(Probe.echo {:deep [{:f (fn () 1)}]})',
    'refuses NaN and infinity': '(Probe.echo (/ 0 0))',
    'refuses keys that reach prototypes': '(Probe.echo {"__proto__" 1})',
    'refuses forged references': '(Probe.echo {"$llmspell" "handle" :type "Door"})',
    'refuses more than 1 MiB':
      '(let (t "x" n 0) (while (< n 21) (set t (text t t)) (set n (+ n 1))) (Probe.echo t))',
    'raises failures of the host as errors with code, hint, details and place':
      '(try (Probe.fail) (fn (e) {:ok false :code e.code :hint e.hint :details e.details :text (text e.message "\\n" e.hint)}))',
    'reports an uncaught failure of the host where it was called': '\n(def x 1)\n(Probe.fail)',
    'reports an error of the script with file, line and trace':
      '(def f (fn ()\n  (fail "broken")))\n(f)',
    'keeps the code of an error that the script makes':
      '(fail {:code "NO_INVOICE" :message "none"})',
    'reports where the syntax is wrong': '(def a 1)\n(def b ])',
    'names the nearest function': '(Probe.ehco 1)',
    'hides hidden functions': '(Probe.secret)',
    'gives handles with fields and methods, and takes them back by id':
      '(let (d (Probe.open "front") again (Probe.echo d)) [d.name (d.knock 3) "door-front" "door-front" (not d.note)])',
    'reads fields of a module without a call': 'Probe.version',
    'makes a result readable as its text':
      '(let (r (Probe.answer)) [(text r) (text "= " r) r.data.n])',
    'sends one-way calls and output': '(Probe.note "hi") (print "a" 1) (write "b")',
    'reads a stream to its end': '(let (sum 0) (each (n (Probe.numbers)) (set sum (+ sum n))) sum)',
    'iterates over a handle that stands for a stream of its own':
      '(let (sum 0) (each (n (Probe.open "front")) (set sum (+ sum n))) sum)',
    'ends the run at the memory limit, whatever the script catches':
      '(def t "x") (while true (try (set t (text t t)) (fn (e) null)))',
  },
  entries: {
    set: '(def answer 41)',
    get: '(+ answer 1)',
    open: '(print',
    bad: '(def x ])',
    fail: '(fail "no")',
  },
  callbacks: `(Probe.on (fn (a b) (Probe.later (+ a b))))
(Probe.on (fn () (count null)))
"registered"`,
  waits: '(Probe.wait 5000)',
})
