/** What a reader throws when an element, or a text in it, is not what its specification says. */
export class ParseError extends Error {
  override name = 'ParseError';
}
