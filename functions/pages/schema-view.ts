/** JSON Schema, as far as the OpenAPI document uses it, as people read it. */

import { html } from 'hono/html';
import type { Schema } from '../openapi-document.ts';
import { type Html, nothing } from './html.ts';

/** The type in a few words, named schemas linked. */
export function typeView(schema: Schema): Html {
  if (schema.$ref) return refView(schema.$ref);
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return joined(alternatives.map(typeView), ' or ');
  const types = [schema.type ?? []].flat();
  const names = types.map((type) => (type === 'array' ? arrayView(schema) : html`${type}`));
  if (schema.allOf && names.length === 0) {
    // A named schema that is described once more where it stands is still that schema.
    const named = schema.allOf.filter((part) => part.$ref);
    return joined((named.length > 0 ? named : schema.allOf).map(typeView), ' and ');
  }
  return html`${names.length === 0 ? 'any' : joined(names, ' or ')}${schema.format ? ` (${schema.format})` : nothing}`;
}

/** What a value is held to beyond its type. */
export function limitsView(schema: Schema): Html {
  const limits = [
    schema.minimum === undefined ? null : html`at least ${schema.minimum}`,
    schema.maximum === undefined ? null : html`at most ${schema.maximum}`,
    schema.minLength === undefined ? null : html`at least ${schema.minLength} characters`,
    schema.maxLength === undefined ? null : html`at most ${schema.maxLength} characters`,
    schema.minItems === undefined ? null : html`at least ${schema.minItems}`,
    schema.maxItems === undefined ? null : html`at most ${schema.maxItems}`,
    schema.pattern === undefined ? null : html`matching <code>${schema.pattern}</code>`,
    schema.default === undefined ? null : html`default <code>${JSON.stringify(schema.default)}</code>`,
  ].filter((limit) => limit !== null);
  const options = schema.enum?.filter((option) => option !== null) ?? [];
  return html`${limits.length > 0 ? html`<span class="limits">${joined(limits, ', ')}</span>` : nothing}${
    options.length > 0
      ? html`<span class="limits">one of ${joined(
          options.map((option) => html`<code>${String(option)}</code>`),
          ', ',
        )}</span>`
      : nothing
  }`;
}

/** The members of an object, those of nested objects within; nothing for what has none. */
export function membersView(schema: Schema): Html {
  const parts = schema.allOf ?? [];
  const properties = Object.entries(schema.properties ?? {});
  const inherited = parts.map((part) =>
    part.$ref ? html`<p>All of ${refView(part.$ref)}, and:</p>` : membersView(part),
  );
  if (properties.length === 0) return html`${inherited}`;
  return html`${inherited}<dl class="members">${properties.map(([name, property]) => {
    const nested = property.items?.properties ? property.items : property;
    const description = property.description ?? property.allOf?.find((part) => part.description)?.description;
    return html`<div><dt><code>${name}</code> <span class="type">${typeView(property)}</span>${schema.required?.includes(name) ? nothing : html` <span class="optional">optional</span>`}</dt><dd>${description ? html`<p>${description}</p>` : nothing}${limitsView(property)}${nested.properties ? membersView(nested) : nothing}</dd></div>`;
  })}</dl>`;
}

function arrayView({ items }: Schema): Html {
  return html`list of ${items ? typeView(items) : 'any'}`;
}

function refView(ref: string): Html {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  return html`<a href="#schema-${name}">${name}</a>`;
}

function joined(parts: Html[], separator: string): Html {
  return html`${parts.map((part, at) => html`${at > 0 ? separator : ''}${part}`)}`;
}
