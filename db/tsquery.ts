/** A tsquery as Postgres writes it, as a tree. */

export type TsNode =
  | { of: 'lexeme'; lexeme: string; isPrefix: boolean }
  | { of: 'not'; part: TsNode }
  | { of: 'and' | 'or'; parts: TsNode[] };

/** A lexeme in quotation marks with its weights, an operator, or a bracket. */
const TOKEN = /\s*(?:'((?:[^'\\]|''|\\.)*)'(?::(\*?)[ABCD]*)?|(<->|<\d+>|[!&|()]))/suy;

type Token = { lexeme: string; isPrefix: boolean } | { operator: string };

/** Null for the empty query. @throws {Error} where the text is no tsquery as `tsqueryout` writes it */
export function parseTsquery(text: string): TsNode | null {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return null;
  let at = 0;
  const next = () => tokens[at];
  const takes = (...operators: string[]) => {
    const token = next();
    const isIt = token !== undefined && 'operator' in token && operators.includes(kindOf(token.operator));
    if (isIt) at++;
    return isIt;
  };
  /** What binds weaker is tried first; following one another is a kind of being there together. */
  const series = (of: 'and' | 'or', operator: string, part: () => TsNode): TsNode => {
    const parts = [part()];
    while (takes(operator)) parts.push(part());
    return parts.length === 1 && parts[0] ? parts[0] : { of, parts };
  };
  const either = (): TsNode => series('or', '|', both);
  const both = (): TsNode => series('and', '&', followed);
  const followed = (): TsNode => series('and', '<>', single);
  const single = (): TsNode => {
    if (takes('!')) return { of: 'not', part: single() };
    if (takes('(')) {
      const inner = either();
      if (!takes(')')) throw malformed(text);
      return inner;
    }
    const token = next();
    if (!token || !('lexeme' in token)) throw malformed(text);
    at++;
    return { of: 'lexeme', ...token };
  };
  const tree = either();
  if (at < tokens.length) throw malformed(text);
  return tree;
}

function kindOf(operator: string): string {
  return operator.startsWith('<') ? '<>' : operator;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; text.slice(end).trim() !== ''; end = TOKEN.lastIndex) {
    const match = TOKEN.exec(text);
    if (!match) throw malformed(text);
    const [, quoted, prefix, operator] = match;
    if (operator !== undefined) tokens.push({ operator });
    else tokens.push({ lexeme: unquoted(quoted ?? ''), isPrefix: prefix === '*' });
  }
  return tokens;
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'").replaceAll(/\\(.)/gsu, '$1');
}

function malformed(text: string): Error {
  return new Error(`no tsquery: ${text.slice(0, 100)}`);
}

export function lexemesIn(node: TsNode): string[] {
  switch (node.of) {
    case 'lexeme':
      return [node.lexeme];
    case 'not':
      return lexemesIn(node.part);
    case 'and':
    case 'or':
      return node.parts.flatMap(lexemesIn);
  }
}

/**
 * Lexemes of which all that the query matches have at least one: of what must hold together the rarest, of alternatives
 * all. Null where it may match what has none.
 * @param shareOf the share of all that have the lexeme
 */
export function anchorOf(node: TsNode, shareOf: (lexeme: string) => number): string[] | null {
  const cost = (lexemes: string[]) => lexemes.reduce((sum, lexeme) => sum + shareOf(lexeme), 0);
  switch (node.of) {
    case 'lexeme':
      return node.isPrefix ? null : [node.lexeme];
    case 'not':
      return null;
    case 'or': {
      const parts = node.parts.map((part) => anchorOf(part, shareOf));
      return parts.every((part) => part !== null) ? [...new Set(parts.flat())] : null;
    }
    case 'and': {
      const parts = node.parts
        .map((part) => anchorOf(part, shareOf))
        .filter((part) => part !== null)
        .map((lexemes) => ({ lexemes, cost: cost(lexemes) }));
      const [rarest] = parts.sort((a, b) => a.cost - b.cost || a.lexemes.length - b.lexemes.length);
      return rarest?.lexemes ?? null;
    }
  }
}
