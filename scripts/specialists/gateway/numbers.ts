/** The endpoint that calculates. */

import { type Endpoint, expectOnly, type JsonObject, refuse, type Tool } from './tool.ts';

const numberMax = 1_000_000_000_000;
const valuesMax = 1_000;

const describeTool: Tool = {
  name: 'statistics.describe',
  title: 'Describe numbers',
  description: 'Count, mean, median and range of a list of numbers.',
  tags: ['statistics', 'numbers'],
  inputSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: { value: { type: 'number', minimum: -1e15, maximum: 1e15 } },
    properties: {
      values: {
        title: 'Numbers',
        description: 'What to describe, in any order.',
        type: 'array',
        items: { $ref: '#/$defs/value' },
        minItems: 1,
        maxItems: valuesMax,
      },
      decimals: { title: 'Decimals', type: 'integer', minimum: 0, maximum: 12, default: 3 },
    },
    required: ['values'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      count: { type: 'integer', minimum: 1 },
      mean: { type: 'number' },
      median: { type: 'number' },
      minimum: { type: 'number' },
      maximum: { type: 'number' },
    },
    required: ['count', 'mean', 'median', 'minimum', 'maximum'],
    additionalProperties: false,
  },
  run(args) {
    expectOnly(args, 'values', 'decimals');
    const { values, decimals = 3 } = args;
    refuse(
      Array.isArray(values) && values.length > 0 && values.length <= valuesMax,
      `1 to ${valuesMax} 'values'`,
    );
    const sorted = values.map(toNumber).sort((a, b) => a - b);
    refuse(isWholeWithin(decimals, 0, 12), "'decimals' is a whole number from 0 to 12");
    const round = (value: number) => Number(value.toFixed(decimals));
    const middle = sorted.length >> 1;
    const [low = 0, high = 0] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
    return {
      count: sorted.length,
      mean: round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
      median: round((low + high) / 2),
      minimum: sorted[0] ?? 0,
      maximum: sorted.at(-1) ?? 0,
    };
  },
};

const factoriseTool: Tool = {
  name: 'primes.factorise',
  title: 'Factorise a number',
  description: 'The prime factors of a whole number, smallest first.',
  tags: ['numbers', 'primes'],
  inputSchema: {
    type: 'object',
    properties: { number: { title: 'Number', type: 'integer', minimum: 2, maximum: numberMax } },
    required: ['number'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      factors: { type: 'array', items: { type: 'integer', minimum: 2 } },
      prime: { type: 'boolean' },
    },
    required: ['factors', 'prime'],
    additionalProperties: false,
  },
  run(args) {
    expectOnly(args, 'number');
    refuse(isWholeWithin(args.number, 2, numberMax), `'number' is a whole number from 2 to ${numberMax}`);
    const factors = factorsOf(args.number);
    return { factors, prime: factors.length === 1 };
  },
};

export const numbers: Endpoint = {
  account: 'numbers',
  title: 'Numbers',
  description: 'Describes lists of numbers and factorises whole ones.',
  version: '1.0.0',
  tools: [describeTool, factoriseTool],
};

function factorsOf(number: number): number[] {
  const factors: number[] = [];
  let rest = number;
  for (let divisor = 2; divisor * divisor <= rest; divisor += divisor === 2 ? 1 : 2) {
    for (; rest % divisor === 0; rest /= divisor) factors.push(divisor);
  }
  return rest > 1 ? [...factors, rest] : factors;
}

function toNumber(value: JsonObject[string]): number {
  refuse(typeof value === 'number' && Math.abs(value) <= 1e15, "'values' are numbers");
  return value;
}

function isWholeWithin(value: JsonObject[string] | undefined, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
