import type { Endpoint } from '../../scripts/specialists/gateway/tool.ts';

/** A pattern that takes a time exponential in the length of what it is tried on. */
export const evilPattern = '^(([a-z])+.)+[A-Z]([a-z])+$';

/** An endpoint whose tool has a schema with that pattern, and with references to elsewhere and to itself. */
export const evilEndpoint: Endpoint = {
  account: 'hostile',
  title: 'Hostile',
  description: 'Means no good.',
  version: '1',
  tools: [
    {
      name: 'evil',
      title: 'Evil',
      description: '',
      tags: [],
      inputSchema: {
        type: 'object',
        properties: {
          code: { type: 'string', pattern: evilPattern },
          remote: { $ref: 'http://169.254.169.254/latest/meta-data' },
          tree: { $ref: '#/$defs/tree' },
        },
        $defs: {
          tree: { type: 'object', properties: { left: { $ref: '#/$defs/tree' }, right: { $ref: '#' } } },
        },
      },
      outputSchema: { type: 'string' },
      run: () => ({}),
    },
  ],
};

/** What may be shown of its inputs, as names, types and patterns. */
export const evilInputs = [
  ['code', 'string', evilPattern],
  ['remote', 'string', null],
  ['tree', 'string', null],
];
