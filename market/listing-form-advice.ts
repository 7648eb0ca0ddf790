/** What of a listing form in a disco#info cannot be read, or is left out as it is written. */

import { type Form, formNamespace, formValue, formValues } from '../protocol/data-form.ts';
import { type ListingForm, readListingForm, writeListingForm } from '../protocol/dialects/listing-form.ts';
import type { DiscoInfo } from '../protocol/disco.ts';
import { NS_LISTING } from '../protocol/namespaces.ts';
import { ParseError } from '../protocol/parse-error.ts';

type FormFinding = { where: string; what: string; mend: string; see: string };

/** @param where whose disco#info it is */
export function listingFormAdvice(where: string, info: DiscoInfo | null): FormFinding[] {
  const forms = (info?.forms ?? []).filter((form) => formNamespace(form) === NS_LISTING);
  const see = 'docs/list-your-agent.md, XEP-0128 §2';
  const found = forms.flatMap(faultsIn).map((fault) => ({ where, ...fault, see }));
  if (forms.length > 1) {
    const what = `its disco#info has ${forms.length} listing forms, of which the first one holds`;
    found.push({ where, what, mend: 'put everything into one form', see });
  }
  return found;
}

function faultsIn(form: Form): { what: string; mend: string }[] {
  const faults: { what: string; mend: string }[] = [];
  if (form.type !== 'result') {
    const what = `its listing form is of type '${form.type}'`;
    faults.push({ what, mend: "state it as a form of type 'result'" });
  }
  try {
    return [...faults, ...dropped(form, readListingForm(form)), ...unknown(form)];
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return [{ what: `its listing form cannot be read: ${error.message}`, mend: "give it at least a 'name'" }];
  }
}

/** What is stated, and not in what was read. */
function dropped(form: Form, read: ListingForm): { what: string; mend: string }[] {
  const states = (name: string) => Boolean(formValue(form, name));
  const distinct = (name: string) => new Set(formValues(form, name).map((value) => value.toLowerCase())).size;
  const parts: [boolean, string, string][] = [
    [
      states('price_amount') && read.price === null,
      'its price',
      'state price_amount as a decimal such as 0.02, and price_currency as three to five letters such as EUR',
    ],
    [
      (states('lat') || states('lon')) && read.location === null,
      'its location',
      'state both lat and lon, in decimal degrees',
    ],
    [
      distinct('lang') > read.lang.length,
      'some of its languages',
      'state each as a <value/> of its own, such as en or pt-br',
    ],
    [distinct('tags') > read.tags.length, 'some of its tags', 'state at most 30 short tags, each a <value/>'],
    [
      states('icon') && read.icon === null,
      'its icon',
      'state an https address, or a data URI of a small image',
    ],
    ...(['relay', 'presence', 'index'] as const).map((name): [boolean, string, string] => [
      states(name) && read[name] === null,
      `its field '${name}'`,
      "state 'allow' or 'deny'",
    ]),
  ];
  return parts
    .filter(([isDropped]) => isDropped)
    .map(([, part, mend]) => ({ what: `${part} in the listing form cannot be read, and is left out`, mend }));
}

function unknown(form: Form): { what: string; mend: string }[] {
  const names = form.fields.flatMap(({ var: name }) => (name === null || fieldNames.has(name) ? [] : [name]));
  if (names.length === 0) return [];
  const known = [...fieldNames].filter((name) => name !== 'FORM_TYPE').join(', ');
  return [
    {
      what: `its listing form has fields that mean nothing: ${names.map((name) => `'${name}'`).join(', ')}`,
      mend: `the fields there are: ${known}`,
    },
  ];
}

/** Every field that a listing form can have, as the codec writes one that has them all. */
const fieldNames = new Set(
  writeListingForm({
    name: 'x',
    description: 'x',
    category: 'x',
    tags: ['x'],
    lang: ['en'],
    command: 'x',
    price: { amount: '1', currency: 'EUR', unit: 'call' },
    location: { lat: 0, lon: 0 },
    terms: 'x',
    icon: 'x',
    queries: ['x'],
    relay: 'allow',
    presence: 'allow',
    index: 'allow',
  }).fields.flatMap((field) => field.var ?? []),
);
