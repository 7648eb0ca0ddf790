import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequest } from '../../../worker/chat/request.ts';

test.each([
  ['help', { wants: 'help' }],
  [' HELP ', { wants: 'help' }],
  ['?', { wants: 'help' }],
  ['help me move', { wants: 'find', query: 'help me move' }],
  ['find translate lang:de', { wants: 'find', query: 'translate lang:de' }],
  ['find', { wants: 'find', query: '' }],
  ['translate "a letter"', { wants: 'find', query: 'translate "a letter"' }],
  ['two\nlines', { wants: 'find', query: 'two lines' }],
  ['more', { wants: 'more' }],
  ['more haste', { wants: 'find', query: 'more haste' }],
  ['show 3', { wants: 'show', what: 3 }],
  ['Show urn:air:x.test:c:command.a', { wants: 'show', what: 'urn:air:x.test:c:command.a' }],
  ['show me the weather', { wants: 'find', query: 'show me the weather' }],
  ['status', { wants: 'status' }],
  ['match amount=3, from=EUR', { wants: 'match', lines: ['amount=3', 'from=EUR'] }],
  ['match text=a, b and c, to=de', { wants: 'match', lines: ['text=a, b and c', 'to=de'] }],
  ['match a=1\nb=2', { wants: 'match', lines: ['a=1', 'b=2'] }],
  ['match maker', { wants: 'find', query: 'match maker' }],
  ['> what was said\n> before\nmore', { wants: 'more' }],
  ['> what was said', null],
])('%j is read as what it asks for', (body, request) => {
  expect(readRequest(body)).toEqual(request);
});

test('whatever is written is read as something, or as nothing said', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), (body) => {
      const request = readRequest(body);
      expect(request === null || typeof request.wants === 'string').toBe(true);
    }),
  );
});
