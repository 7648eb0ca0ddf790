/** The qualifiers in force, each with a way to take it out. */

import { html } from 'hono/html';
import type { Qualifier, Query } from '../../market/query/ast.ts';
import { writeValues } from '../../market/query/codecs.ts';
import type { Sort } from '../../market/query/sort.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import { askedPath } from './paths.ts';
import { withoutQualifier } from './query-edits.ts';

const chipsShownMax = 20;
const valuesShownMax = 4;
const valueCharsMax = 60;

export function queryChips(query: Query, sort: Sort): Html {
  const { qualifiers } = query;
  if (qualifiers.length === 0) return nothing;
  const rest = qualifiers.length - chipsShownMax;
  return html`<ul class="in-force" aria-label="In force">${qualifiers
    .slice(0, chipsShownMax)
    .map(
      (qualifier) =>
        html`<li><a class="off" href="${askedPath(withoutQualifier(query, qualifier), sort)}" rel="nofollow"><span class="unseen">Take out </span>${qualifierText(qualifier)}</a></li>`,
    )}${rest > 0 ? html`<li class="more">and ${rest} more</li>` : nothing}${
    qualifiers.length > 1
      ? html`<li><a class="all" href="${askedPath({ ...query, qualifiers: [] }, sort)}" rel="nofollow">Take all out</a></li>`
      : nothing
  }</ul>`;
}

/** Such as "not tag crypto or news". */
function qualifierText(qualifier: Qualifier): Html {
  const values = writeValues(qualifier);
  const rest = values.length - valuesShownMax;
  return html`<span class="name">${qualifier.excluded ? 'not ' : ''}${qualifier.name}</span> ${values
    .slice(0, valuesShownMax)
    .map(
      (value, at) => html`${at > 0 ? ' or ' : ''}${said(excerpt(value, valueCharsMax))}`,
    )}${rest > 0 ? ` or ${rest} more` : ''}`;
}
