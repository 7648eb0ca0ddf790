import type { JsonObject } from '../../protocol/json.ts';

/** A JSON Schema of an object. */
export const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});

/** A pattern that takes a backtracking engine longer than anybody waits. */
export const evil = '^(([a-z])+.)+[A-Z]([a-z])+$';
