import { normalised } from './normal.ts'

/** A rule that is matched in the text as it reads. */
export interface Marker {
  readonly name: string
  /** The pattern is tried around these words only. */
  readonly words: readonly string[]
  readonly pattern: string
}

const GAP = String.raw`(?: [\w'-]+){0,4}? `
const WHAT = String.raw`(?:instructions?|prompts?|rules?|guidelines?|directions?|commands?|programming|constraints?|orders|directives?|guardrails)`
const NEAR = String.raw`[^.!?]{0,80}?`
const MODEL = String.raw`(?:ai|a\.i\.|llm|large language model|language model|ai assistant|assistant|chatbot|chatgpt|gpt|claude|gemini|ai agent|ai model)`

/** Written in a language as it is, matched as it reads. */
const foreign = (pattern: string): string => normalised(pattern).text

/** What instructions for a model look like that no user has given. */
export const MARKERS: readonly Marker[] = [
  {
    name: 'injection.override',
    words: [
      'ignore',
      'disregard',
      'forget',
      'override',
      'overrule',
      'bypass',
      'stop following',
      'not follow',
      'discard',
      'supersede',
    ],
    pattern: String.raw`\b(?:ignore|disregard|forget|overrides?|overrules?|bypass|discard|supersedes?|stop following|(?:do not|don't) follow)\b(?:${GAP}| )(?:previous|prior|above|earlier|preceding|foregoing|existing|initial|original|former|your|system|everything|all)\b(?:${GAP}| )${WHAT}\b`,
  },
  {
    name: 'injection.override',
    words: [
      'ignor',
      'vergiss',
      'olvida',
      'oublie',
      'dimentica',
      '忽略',
      '無視',
      foreign('игнорир'),
      foreign('забудь'),
    ],
    pattern: [
      String.raw`\b(?:ignoriere|ignorieren sie|vergiss|vergessen sie)\b${NEAR}\b(?:anweisung|instruktion|regel|vorgabe)`,
      String.raw`\b(?:ignora|ignore|olvida|olvide)\b${NEAR}\b(?:instrucciones|reglas|indicaciones|instrucoes|istruzioni|regole)`,
      String.raw`\b(?:ignore|ignorez|oublie|oubliez)\b${NEAR}\b(?:instructions|consignes|regles) (?:precedentes|ci-dessus|anterieures|du systeme)`,
      String.raw`\b(?:ignora|dimentica)\b${NEAR}\b(?:istruzioni|regole)`,
      foreign('(?:игнорируй|игнорируйте|забудь|забудьте)') +
        NEAR +
        foreign('(?:инструкци|указани|правил)'),
      String.raw`忽略[^。]{0,12}(?:指令|指示|提示|说明|規則|规则)`,
      String.raw`(?:指示|命令|ルール)[^。]{0,8}無視`,
    ].join('|'),
  },
  {
    name: 'injection.role',
    words: [
      'you are now',
      'from now on',
      'pretend',
      'act as',
      'jailbr',
      'developer mode',
      'do anything now',
      'roleplay',
    ],
    pattern: String.raw`\b(?:you are now|from now on,? you|pretend (?:to be|that you are|you are)|act as|roleplay as)\b${NEAR}\b(?:dan|jailbroken|unrestricted|unfiltered|uncensored|developer mode|god mode|debug mode|(?:no|without|free (?:of|from))(?: any| all)? (?:rules|restrictions|limits|limitations|filters|guidelines)|(?:system )?administrator|evil)\b|\bdo anything now\b|\b(?:enter|enable|activate|switch (?:in)?to) (?:developer|jailbreak|dan|god|unrestricted) mode\b`,
  },
  {
    name: 'injection.markup',
    words: [
      '<|',
      '[inst]',
      '[/inst]',
      '<<sys',
      '<</sys',
      '<system',
      '</system',
      '<start_of_turn',
      '<end_of_turn',
      '### system',
      '### instruction',
      '[system',
      'human:',
      '</tool',
      '<tool_result',
      '</data',
    ],
    pattern: String.raw`<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|begin_of_text|start_header_id|end_header_id|eom_id)\|>|\[/?inst\]|<</?sys>>|</?(?:system|system_prompt|system-prompt|system_message|tool_result|tool_response|start_of_turn|end_of_turn)>|### ?(?:system|instructions?) ?(?:prompt|message)? ?:|\[system(?: (?:message|prompt|override|note|update))?\]|\bhuman: .{1,200} assistant:|</data> ?<`,
  },
  {
    name: 'injection.reveal',
    words: [
      'system prompt',
      'initial',
      'hidden',
      'your instructions',
      'your prompt',
      'your rules',
      'your guidelines',
      'system message',
      'above verbatim',
    ],
    pattern: String.raw`\b(?:reveal|print|show|repeat|output|tell me|display|leak|expose|disclose|recite|dump|write out|summarize)\b(?:${GAP}| )(?:system (?:prompt|message|instructions)|initial (?:prompt|instructions)|hidden (?:prompt|instructions)|your (?:instructions|prompt|rules|guidelines))\b`,
  },
  {
    name: 'injection.exfiltration',
    words: [
      'send',
      'post',
      'upload',
      'forward',
      'mail',
      'transmit',
      'exfiltrat',
      'append',
      'encode',
      'copy',
      'leak',
      'include',
    ],
    pattern: String.raw`\b(?:send|post|upload|forward|e-?mail|transmit|leak|exfiltrate|append|encode|copy|include)\b[^!?]{0,80}?(?:\.env|\b(?:api[ _-]?keys?|passwords?|credentials?|secrets?|access tokens?|private keys?|env(?:ironment)? variables?|(?:conversation|chat)(?: history| log)?|system prompt|ssh keys?|cookies|user data|files?))\b[^!?]{0,80}?(?:https?://|[\w.-]+@[\w-]+\.|www\.|\b(?:this|following|attacker|external|my|our) (?:url|address|server|endpoint|site)\b)`,
  },
  {
    name: 'injection.concealment',
    words: [
      'not tell',
      "n't tell",
      'never tell',
      'not mention',
      "n't mention",
      'never mention',
      'not inform',
      "n't inform",
      'without telling',
      'without informing',
      'without asking',
      'not reveal',
      "n't reveal",
      'not alert',
      'not notify',
      "n't notify",
      'without notifying',
      'keep this',
    ],
    pattern: String.raw`\b(?:do not|don't|never|without) (?:tell|telling|inform|informing|mention|mentioning|reveal|revealing|alert|alerting|notify|notifying|asking)\b[^.!?]{0,40}?\b(?:user|human|operator)s?\b|\bkeep this (?:hidden|secret) from (?:the )?(?:user|human|operator)`,
  },
  {
    name: 'injection.address',
    words: [
      'to the ai',
      'for the ai',
      'to ai',
      'for ai',
      'to any ai',
      'for any ai',
      'to all ai',
      'for all ai',
      'dear ai',
      'to llm',
      'for llm',
      'to the assistant',
      'for the assistant',
      'if you are a',
      'as an ai',
      'attention',
      'note to',
      'instruction',
      'hey',
    ],
    pattern: String.raw`\b(?:attention|note|important|message|instructions?|command|notice)[:,]? (?:to|for)?,? ?(?:the |any |all |every )?${MODEL}s?\b(?: (?:reading|processing|summarizing|reviewing|that|who))?[:, ]|\bif you are (?:an? |the )?${MODEL}\b[^.!?]{0,60}?\b(?:you must|you should|please|then|do|call|send|reply|respond|say|add|include|run|stop)\b|\b(?:dear|hey|hello) (?:ai|llm|chatbot|ai assistant|language model)\b`,
  },
  {
    name: 'injection.command',
    words: [
      'you must',
      'immediately',
      'you have to',
      'you are required',
      'new instruction',
      'new task',
      'real task',
      'system override',
      'actual instructions',
      'updated instructions',
    ],
    pattern: String.raw`\b(?:you must|you have to|you are required to|immediately)(?: now| immediately| first| then)? (?:call|use|invoke|run|execute)\b[^.!?]{0,40}?\b(?:tool|function|command|shell|script)\b|\b(?:your )?(?:new|real|actual|updated) (?:instructions?|task|objective|directive)s? (?:is|are|follows?|from)\b|\bsystem override\b`,
  },
]
