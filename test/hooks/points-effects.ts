import {
  CALCULATED,
  tool,
  calculated,
  BROKEN,
  LISTED,
  agent,
  echo,
  failing,
  FLOWED,
  flow,
  FAILS,
  same,
  cancel,
  give,
  again,
  change,
} from './points-operations.ts'
import type { Operation } from './points-operations.ts'

/** Every intercept of tools, models, agents and workflows, with every answer that it takes. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'tool.list': {
    does: LISTED,
    effects: {
      modify: { answer: change(`ctx.data.filter.category = 'nothing'`), wants: '' },
      cancel,
      replace: {
        answer: [
          `return Hook.replace({ { name = 'mine' } })`,
          `return Hook.replace([{ name: 'mine' }])`,
        ],
        wants: 'mine',
      },
    },
  },
  'tool.listed': {
    does: LISTED,
    effects: {
      modify: {
        answer: change(
          `ctx.data.rows = { { name = 'mine' } }`,
          `ctx.data.rows = [{ name: 'mine' }]`,
        ),
        wants: 'mine',
      },
    },
  },
  'tool.input': {
    ...tool,
    effects: {
      modify: { answer: change(`ctx.data.params.expression = '1 + 1'`), wants: 2 },
      cancel,
      replace: { answer: calculated, wants: 7 },
      redirect: {
        answer: [
          `if ctx.data.tool == 'calculator' then return Hook.redirect('other') end`,
          `if (ctx.data.tool === 'calculator') return Hook.redirect('other')`,
        ],
        wants: 'other 6 * 7',
        calls: 2,
      },
    },
  },
  'tool.output': {
    ...tool,
    effects: {
      modify: { answer: change(`ctx.data.output.result.value = 43`), wants: 43 },
      cancel,
      replace: { answer: calculated, wants: 7 },
      retry: { answer: again, wants: 42, calls: 3 },
    },
  },
  'tool.error': {
    does: BROKEN,
    effects: {
      modify: { answer: change(`ctx.data.error.message = 'Try later.'`), wants: 'Try later.' },
      replace: { answer: calculated, wants: 7 },
      retry: {
        answer: [
          `if called < 3 then return Hook.retry() end; return Hook.replace(${CALCULATED})`,
          `return called < 3 ? Hook.retry() : Hook.replace({ value: 7, precision: 'exact' })`,
        ],
        wants: 7,
        calls: 3,
      },
    },
  },
  'llm.request': {
    ...echo,
    effects: {
      modify: {
        answer: change(
          `ctx.data.request.messages[1].content[1].text = 'Bye'`,
          `ctx.data.request.messages[0].content[0].text = 'Bye'`,
        ),
        wants: 'Bye',
      },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      redirect: {
        answer: [
          `if ctx.data.model == 'mock/echo' then return Hook.redirect('mock/demo') end`,
          `if (ctx.data.model === 'mock/echo') return Hook.redirect('mock/demo')`,
        ],
        wants: 'mock/demo',
        calls: 2,
      },
    },
  },
  'llm.response': {
    ...agent,
    effects: {
      modify: { answer: change(`ctx.data.answer.text = 'changed'`), wants: 'changed' },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'said', calls: 3 },
    },
  },
  'llm.error': {
    ...failing,
    effects: {
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'Hello' },
      redirect: { answer: same(`return Hook.redirect('mock/demo')`), wants: 'mock/demo' },
    },
  },
  'agent.create': {
    does: [
      `return Agent.create{ name = 'made', model = 'mock/echo', temperature = 1 }:config().temperature`,
      `return (await (await Agent.create({ name: 'made', model: 'mock/echo', temperature: 1 })).config()).temperature`,
    ],
    effects: {
      modify: { answer: change(`ctx.data.config.temperature = 0.5`), wants: 0.5 },
      cancel,
    },
  },
  'agent.input': {
    ...echo,
    effects: {
      modify: { answer: change(`ctx.data.text = 'Bye'`), wants: 'Bye' },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      redirect: {
        answer: [
          `if ctx.data.agent == 'poet' then return Hook.redirect('other') end`,
          `if (ctx.data.agent === 'poet') return Hook.redirect('other')`,
        ],
        wants: 'of other',
        calls: 2,
      },
    },
  },
  'agent.output': {
    ...agent,
    effects: {
      modify: { answer: change(`ctx.data.text = 'changed'`), wants: 'changed' },
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'said', calls: 3 },
    },
  },
  'agent.error': {
    ...failing,
    effects: {
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'Hello' },
    },
  },
  'workflow.start': {
    ...flow,
    effects: {
      modify: { answer: change(`ctx.data.input = '1 + 1'`), wants: 2 },
      cancel: { ...cancel, wants: 'HOOK_CANCELLED' },
      replace: { answer: give(`'kept'`), wants: 'kept' },
    },
  },
  'workflow.step': {
    ...flow,
    effects: {
      modify: { answer: change(`ctx.data.input.expression = '1 + 1'`), wants: 2 },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      skipped: {
        answer: [
          `return Hook.replace({ status = 'skipped' })`,
          `return Hook.replace({ status: 'skipped' })`,
        ],
        wants: 'skipped',
      },
    },
  },
  'workflow.output': {
    ...flow,
    effects: {
      modify: { answer: change(`ctx.data.output = 'changed'`), wants: 'changed' },
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 42, calls: 3 },
    },
  },
  'workflow.error': {
    before: FAILS,
    does: FLOWED,
    effects: {
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 3, calls: 2 },
    },
  },
}
