/** A listing's inputs as a form of HTML controls. Without JavaScript the form comes back in the page's address. */

import { html } from 'hono/html';
import type { Input, Listing, Option } from '../../market/listing.ts';
import { controlName, type FormValues, filledParameter, isText } from './form-values.ts';
import { languageAttribute, requiredMark } from './hit.ts';
import { type Html, nothing, said } from './html.ts';
import { typeText } from './words.ts';

/** Where a form stands. */
export type FormPlace = {
  /** Where it leads without JavaScript. */
  action: string;
  /** Tells the ids of several forms on one page apart. */
  prefix: string;
  /** A stanza on the same page follows what is filled in. */
  isLive: boolean;
};

const onItsPage: FormPlace = { action: '#call', prefix: '', isLive: true };

export function formView(listing: Listing, values: FormValues, place: FormPlace = onItsPage): Html {
  const { inputs, inputSchema } = listing;
  if (inputs.length === 0) {
    return html`<p class="note">${inputSchema ? 'It takes no input.' : 'Nobody has stated what it takes.'}</p>`;
  }
  return html`<form class="inputs" method="get" action="${place.action}"${place.isLive ? html` data-form` : nothing}${languageAttribute(listing)}>
<input type="hidden" name="${filledParameter}" value="1">
${inputs.map((input, at) => {
  const id = `${place.prefix}${at}`;
  return isGroup(input) ? group(input, id, values[at] ?? []) : single(input, id, values[at] ?? []);
})}
<p class="submit"><button data-fallback>Show the stanza with these values</button>
<span class="note" data-note>Nothing is sent to the agent. A password stays out of the address.</span></p>
</form>`;
}

function isGroup(input: Input): boolean {
  return input.type === 'enum' && input.multiple;
}

function single(input: Input, id: string, values: string[]): Html {
  const isBox = input.type === 'boolean';
  const label = html`<label for="i${id}">${said(input.label ?? input.name)}${requiredMark(input)}</label>`;
  return html`<div class="${isBox ? 'field box' : 'field'}" data-field="${id}">
${isBox ? html`${control(input, id, values)}${label}` : html`${label}${control(input, id, values)}`}
${help(input, id)}
</div>`;
}

function group(input: Input, id: string, values: string[]): Html {
  return html`<fieldset class="field" data-field="${id}" aria-describedby="h${id}">
<legend>${said(input.label ?? input.name)}${requiredMark(input)}</legend>
<div class="choices">${input.options.map(
    (option) =>
      html`<label><input type="checkbox" name="${controlName(input)}" value="${option.value}"${flag('checked', values.includes(option.value))}><span>${said(optionText(option))}</span></label>`,
  )}</div>
${help(input, id)}
</fieldset>`;
}

function control(input: Input, id: string, values: string[]): Html {
  // A password never gets a name: the browser would put it into the address.
  const name = input.secret ? nothing : html` name="${controlName(input)}"`;
  const shared = html` id="i${id}"${name} aria-describedby="h${id}"${input.required ? html` aria-required="true"` : nothing}`;
  const value = values[0] ?? '';
  if (input.secret) return html`<input type="password" autocomplete="off"${shared}>`;
  if (input.type === 'boolean')
    return html`<input type="checkbox" value="1"${shared}${flag('checked', value === '1')}>`;
  if (input.type === 'enum') return select(input, shared, value);
  if (isText(input)) {
    // A line break right after the tag is dropped by HTML; this one keeps a leading break of the value.
    return html`<textarea rows="${Math.min(Math.max(values.length, 3), 12)}" dir="auto" spellcheck="false"${shared}>
${values.join('\n')}</textarea>`;
  }
  return html`<input ${kindOf(input)} value="${value}" dir="auto" autocomplete="off"${shared}${suggestions(input, id)}>${datalist(input, id)}`;
}

function select(input: Input, shared: Html, value: string): Html {
  const isKnown = input.options.some((option) => option.value === value);
  const none =
    input.required && isKnown
      ? nothing
      : html`<option value="">${input.required ? 'Choose…' : 'None'}</option>`;
  return html`<select${shared}>${none}${input.options.map(
    (option) =>
      html`<option dir="auto" value="${option.value}"${flag('selected', option.value === value)}>${optionText(option)}</option>`,
  )}</select>`;
}

/**
 * The kind of HTML input, and the bounds it can check by itself. A stated pattern is shown and never run. A placeholder shows
 * how a value is written where the browser has no control that says so; the label and the help say what it is.
 */
function kindOf(input: Input): Html {
  switch (input.type) {
    case 'number':
      return html`type="number" step="any"${bounds(input)}`;
    case 'integer':
      return html`type="number" step="1"${bounds(input)}`;
    case 'date':
      return html`type="date"${bounds(input)}`;
    case 'date-time':
      return html`type="text" placeholder="2026-11-20T10:00:00Z"`;
    case 'uri':
      return html`type="url" placeholder="https://"`;
    case 'email':
      return html`type="email" placeholder="name@example.org"`;
    case 'jid':
      return html`type="text" inputmode="email" placeholder="name@example.org"`;
    case 'string':
    case 'boolean':
    case 'enum':
      return html`type="text"`;
  }
}

function bounds({ min, max }: Input): Html {
  return html`${min === null ? nothing : html` min="${min}"`}${max === null ? nothing : html` max="${max}"`}`;
}

function suggestions(input: Input, id: string): Html {
  return input.options.length > 0 ? html` list="o${id}"` : nothing;
}

function datalist(input: Input, id: string): Html {
  if (input.options.length === 0) return nothing;
  return html`<datalist id="o${id}">${input.options.map(
    (option) => html`<option dir="auto" value="${option.value}">${optionText(option)}</option>`,
  )}</datalist>`;
}

function help(input: Input, id: string): Html {
  const facts = [
    input.min === null ? null : `from ${input.min}`,
    input.max === null ? null : `to ${input.max}`,
    input.pattern === null ? null : `matching ${input.pattern}`,
    isText(input) && input.multiple ? 'one per line' : null,
  ].filter((fact) => fact !== null);
  return html`<p class="help" id="h${id}"><code>${said(input.name)}</code> <span class="type">${typeText(input)}${facts.map((fact) => html`, ${said(fact)}`)}</span>${input.description ? html`<span class="about" dir="auto">${input.description}</span>` : nothing}</p>`;
}

function optionText({ label, value }: Option): string {
  return label ?? value;
}

function flag(name: 'checked' | 'selected', isSet: boolean): Html {
  return isSet ? html` ${name}` : nothing;
}
