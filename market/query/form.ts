/** The query as a data form (XEP-0004): a field `q`, and one for each qualifier, whose values are alternatives. */

import { type Field, type Form, field, form } from '../../protocol/data-form.ts';
import { type Pointer, type Problem, problem } from '../problem.ts';
import { type QualifierName, type Query, qualifierNames } from './ast.ts';
import { shown } from './clean.ts';
import { Filters, splitQuery } from './filters.ts';
import { errorsMax } from './json.ts';
import { expectedNames } from './spelling.ts';

/**
 * Reads a submitted form; the errors of a refusal name its fields. A field without a value says nothing.
 * @param others fields of the form that are the caller's, such as the page's size
 */
export function parseQueryForm(submitted: Form, others: readonly string[] = []): Query | Problem {
  const read = new Filters({ q: 'q', qualifier: (name) => name });
  for (const { var: name, type, values } of submitted.fields) {
    const isOther = name === null || name === 'FORM_TYPE' || type === 'fixed' || others.includes(name);
    const isEmpty = values.every((value) => value.trim() === '');
    if (isOther || isEmpty) continue;
    const qualifier = qualifierNames.find((known) => known === name);
    if (name === 'q') read.addText(values.join(' '));
    else if (qualifier) addField(read, qualifier, values);
    else
      read.errors.push({
        pointer: shown(name),
        detail: `no field of a query (q or a qualifier); ${expectedNames(name, '')}`,
      });
  }
  return read.finish() ?? refuse(read.errors);
}

/** The query as a submit form that `parseQueryForm` reads back to the same query. */
export function queryForm(query: Query): Form {
  const { q, filters } = splitQuery(query);
  const fields: Field[] = filters.map(([name, values]) => field(name, values, 'text-multi'));
  return form('submit', [...(q ? [field('q', q)] : []), ...fields]);
}

/** Lines left empty are none. XEP-0004 §3.3 writes a boolean as 1 or 0 too. */
function addField(read: Filters, name: QualifierName, values: string[]): void {
  const filled = values.filter((value) => value.trim() !== '');
  if (name !== 'online') read.addQualifier(name, filled);
  else
    read.addQualifier(
      name,
      filled.map((value) => ({ '1': 'true', '0': 'false' })[value.trim()] ?? value),
    );
}

function refuse(errors: Pointer[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return problem('invalid-query', `${first?.pointer}: ${first?.detail}${more}`, errors.slice(0, errorsMax));
}
