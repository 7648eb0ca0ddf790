/** The endpoint whose tools take their time: one tells how far it is, one asks. */

import { type Endpoint, expectOnly, refuse, type Tool, textArgument } from './tool.ts';

const nameCharsMax = 100;
const secondsMax = 600;
const stages = ['mixing', 'baking', 'cooling'];
const sizes = ['small', 'large'];

const bake: Tool = {
  name: 'kitchen.bake',
  title: 'Bake a cake',
  description: 'Bakes a cake in as many seconds as it is told, and says how far it is.',
  tags: ['cake', 'slow', 'progress'],
  inputSchema: {
    type: 'object',
    properties: {
      cake: { title: 'Cake', type: 'string', maxLength: nameCharsMax },
      seconds: { title: 'Seconds', type: 'number', minimum: 0, maximum: secondsMax },
      burn: { title: 'Forget it in the oven', type: 'boolean', default: false },
    },
    required: ['cake', 'seconds'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: { cake: { type: 'string' } },
    required: ['cake'],
    additionalProperties: false,
  },
  start(args) {
    expectOnly(args, 'cake', 'seconds', 'burn');
    const cake = textArgument(args, 'cake', nameCharsMax);
    const { seconds, burn = false } = args;
    refuse(
      typeof seconds === 'number' && seconds >= 0 && seconds <= secondsMax,
      `'seconds' is a number from 0 to ${secondsMax}`,
    );
    return async (work) => {
      for (const [at, stage] of stages.entries()) {
        work.progress(Math.round((100 * at) / stages.length), stage, `The ${cake} is ${stage}.`);
        await work.wait(seconds / stages.length);
      }
      if (burn) throw new Error(`The ${cake} is burnt.`);
      return { cake };
    };
  },
};

const order: Tool = {
  name: 'kitchen.order',
  title: 'Order a pizza',
  description: 'Takes an order for a pizza, and asks for its size.',
  tags: ['pizza', 'question'],
  inputSchema: {
    type: 'object',
    properties: { pizza: { title: 'Pizza', type: 'string', maxLength: nameCharsMax } },
    required: ['pizza'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: { order: { type: 'string' } },
    required: ['order'],
    additionalProperties: false,
  },
  start(args) {
    expectOnly(args, 'pizza');
    const pizza = textArgument(args, 'pizza', nameCharsMax);
    return async (work) => {
      const answer = await work.ask('Which size?', {
        type: 'object',
        properties: { size: { title: 'Size', type: 'string', enum: sizes } },
        required: ['size'],
        additionalProperties: false,
      });
      const size = typeof answer === 'object' && answer !== null && 'size' in answer ? answer.size : '';
      return { order: `${size} ${pizza}` };
    };
  },
};

export const kitchen: Endpoint = {
  account: 'kitchen',
  title: 'Kitchen',
  description: 'Bakes, and takes orders: its tools take their time.',
  version: '1.0.0',
  tools: [bake, order],
};
