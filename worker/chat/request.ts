/** What somebody wants who writes in words. */

export type ChatRequest =
  | { wants: 'help' }
  | { wants: 'status' }
  | { wants: 'more' }
  | { wants: 'find'; query: string }
  /** A number of the last results, or a listing's id. */
  | { wants: 'show'; what: number | string }
  /** Lines `NAME=VALUE`, as the command `match` takes them. */
  | { wants: 'match'; lines: string[] };

/** Null where nothing is said but what somebody else said before. Whatever is no command is a search. */
export function readRequest(body: string): ChatRequest | null {
  const lines = body.split('\n').map((line) => line.trim());
  const own = lines.filter((line) => line !== '' && !line.startsWith('>'));
  const text = own.join(' ');
  if (text === '') return null;
  const [, first = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  switch (first.toLowerCase()) {
    case 'help':
    case '?':
      if (rest === '') return { wants: 'help' };
      break;
    case 'status':
      if (rest === '') return { wants: 'status' };
      break;
    case 'more':
      if (rest === '') return { wants: 'more' };
      break;
    case 'find':
      return { wants: 'find', query: rest };
    case 'show':
      if (/^\d{1,4}$/.test(rest)) return { wants: 'show', what: Number(rest) };
      if (rest.startsWith('urn:')) return { wants: 'show', what: rest };
      break;
    case 'match':
      if (rest.includes('=')) return { wants: 'match', lines: givenLines(own) };
      break;
  }
  return { wants: 'find', query: text };
}

/** A comma ends a value where another `NAME=` follows it. */
function givenLines(own: string[]): string[] {
  return own
    .join('\n')
    .replace(/^\S+\s*/, '')
    .split(/\n|,\s*(?=[^\s,=][^,=]*=)/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
