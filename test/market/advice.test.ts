import { describe, expect, test } from 'vitest';
import { type Advised, adviceFor } from '../../market/advice.ts';
import type { CommandFacts, DatedFacts, Facts } from '../../market/facts.ts';
import { type Field, type Form, field, form, readForm } from '../../protocol/data-form.ts';
import { readAgentCard } from '../../protocol/dialects/ai-sns.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import { NS_ADMIN, NS_COMMANDS, NS_LISTING, NS_NOINDEX } from '../../protocol/namespaces.ts';
import { textField } from '../support/fields.ts';
import { fixture } from '../support/xml.ts';

const jid = 'fx@works.test';
const address = `${jid}/agent`;
const listing = readListingForm(readForm(fixture('guildhall/listing.xml')));
const card = readAgentCard(fixture('ai-sns/card.xml'));

const typed = textField('amount', {
  label: 'Amount',
  validation: { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null },
});
/** Nothing of it is to mend. */
const complete = command('convert', { listing: { ...listing, command: null }, firstForm: shown(typed) });

type Some = Partial<Facts> & { addresses?: Advised['addresses']; probed?: boolean };

function advised({ addresses, probed = true, ...facts }: Some): Advised {
  const stated: Partial<Facts> = { disco: info('client', 'bot'), commands: [complete], ...facts };
  const dated = Object.entries(stated).map(([way, value]) => [way, { value, seen: new Date() }]);
  return {
    jid,
    facts: Object.fromEntries(dated) as DatedFacts,
    addresses: addresses ?? [{ address, answers: true, caps: 'right' }],
    probed,
  };
}

function command(node: string, more: Partial<CommandFacts> = {}): CommandFacts {
  const unsaid = { info: null, meta: null, listing: null, firstForm: null };
  return { node, name: 'A name', callJid: address, takesNothing: false, heard: true, ...unsaid, ...more };
}

function shown(...fields: Field[]): NonNullable<CommandFacts['firstForm']> {
  return { title: null, instructions: null, fields };
}

function info(category: string, type: string, more: Partial<DiscoInfo> = {}): DiscoInfo {
  const identities = [{ category, type, name: 'FX', lang: null }];
  return { node: null, identities, features: [NS_COMMANDS], forms: [], ...more };
}

/** A listing form as it came. */
function stated(fields: { [name: string]: string | string[] }, type: Form['type'] = 'result'): Form {
  const named = Object.entries({ name: 'Convert', ...fields }).map(([name, value]) => field(name, value));
  return form(type, [field('FORM_TYPE', NS_LISTING, 'hidden'), ...named]);
}

const withForms = (...forms: Form[]): Some => ({ disco: info('client', 'bot', { forms }) });
const withFields = (...fields: Field[]): Some => ({
  commands: [{ ...complete, firstForm: shown(...fields) }],
});
const whatOf = (some: Some) => adviceFor(advised(some)).map(({ what }) => what);

test('an agent that says everything needs no advice', () => {
  expect(adviceFor(advised({}))).toEqual([]);
});

test('servers and services get none: they offer nothing', () => {
  const server = {
    ...advised({ disco: info('server', 'im'), commands: [command('uptime')] }),
    jid: 'works.test',
  };
  expect(adviceFor(server)).toEqual([]);
  const rooms = { ...advised({ disco: info('conference', 'text'), commands: [] }), jid: 'rooms.works.test' };
  expect(adviceFor(rooms)).toEqual([]);
});

describe('advice on an agent:', () => {
  test.each<[string, Some, string]>([
    ['nobody knows where it is online', { addresses: [] }, 'no address is known'],
    [
      'it does not answer',
      { addresses: [{ address, answers: false, caps: 'unseen' }] },
      'disco#info is not answered',
    ],
    ['no capabilities', { addresses: [{ address, answers: true, caps: 'none' }] }, 'no capabilities'],
    ['wrong capabilities', { addresses: [{ address, answers: true, caps: 'wrong' }] }, 'do not stand for'],
    ['noindex', { disco: info('client', 'bot', { features: [NS_NOINDEX] }) }, `the feature ${NS_NOINDEX}`],
    ['index=deny', withForms(stated({ index: 'deny' })), 'index=deny in its listing form'],
    ["a person's client", { disco: info('client', 'pc') }, 'client/pc is that of a program for people'],
    ['no identity', { disco: info('client', 'bot', { identities: [] }) }, 'states no identity'],
    ['commands unannounced', { disco: info('client', 'bot', { features: [] }) }, 'lacks the feature'],
    ['nothing offered', { commands: [] }, 'it offers nothing'],
    [
      'administration alone',
      { commands: [command(`${NS_ADMIN}#add-user`)] },
      'only commands are administrative',
    ],
    [
      'no name',
      {
        disco: info('client', 'bot', {
          identities: [{ category: 'client', type: 'bot', name: null, lang: null }],
        }),
      },
      'no name of its own',
    ],
    ['a card naming what is not there', { cards: [card] }, 'the card names this command'],
    [
      'a form naming what is not there',
      { listings: [{ item: 'x', listing }] },
      'the listing form names this command',
    ],
  ])('%s', (_name, some, what) => {
    expect(whatOf(some)).toContainEqual(expect.stringContaining(what));
  });

  test('an identity that does no harm is not blamed', () => {
    const both = info('client', 'bot');
    both.identities.push({ category: 'client', type: 'phone', name: null, lang: null });
    const blamed = whatOf({ disco: both }).filter((what) => what.includes('its identity'));
    expect(blamed).toEqual([expect.stringContaining('client/phone')]);
    expect(whatOf({ disco: info('client', 'pc'), commands: [] }).join()).not.toContain('its identity');
  });

  test('a card is not held against a command list that could not be read', () => {
    const agent = advised({ cards: [card] });
    delete agent.facts.commands;
    expect(
      adviceFor(agent)
        .map(({ what }) => what)
        .join(),
    ).not.toContain('the card names');
  });
});

describe('advice on a listing form in a disco#info:', () => {
  test.each<[string, Form, string]>([
    ['without a name', stated({ name: '' }), 'cannot be read: the listing form has no'],
    ['of another type', stated({}, 'submit'), "of type 'submit'"],
    ['a price without a currency', stated({ price_amount: '0.02' }), 'its price'],
    ['half a location', stated({ lat: '59.9' }), 'its location'],
    ['languages in one value', stated({ lang: 'en, de' }), 'some of its languages'],
    ['an icon over HTTP', stated({ icon: 'http://fx.example/i.png' }), 'its icon'],
    ['another permission', stated({ relay: 'yes' }), "its field 'relay'"],
    ['a field that does not exist', stated({ tag: 'money' }), "'tag'"],
  ])('%s', (_name, bad, what) => {
    expect(whatOf(withForms(bad))).toContainEqual(expect.stringContaining(what));
    const onCommand = { ...complete, info: info('automation', 'command-node', { forms: [bad] }) };
    expect(adviceFor(advised({ commands: [onCommand] }))).toContainEqual(
      expect.objectContaining({ where: `${jid} convert`, what: expect.stringContaining(what) }),
    );
  });

  test('one that is whole gets none, two of them do', () => {
    const whole = readForm(fixture('guildhall/listing.xml'));
    const about = (...forms: Form[]) =>
      whatOf(withForms(...forms)).filter((what) => what.includes('listing form'));
    expect(about(whole)).toEqual([]);
    expect(about(whole, whole)).toEqual(['its disco#info has 2 listing forms, of which the first one holds']);
  });
});

describe('advice on a listing:', () => {
  const plain = command('convert', { firstForm: shown(typed) });

  test.each<[string, Some, string]>([
    ['no description', { commands: [plain] }, 'no description'],
    ['no tags, languages, category', { commands: [plain] }, 'no tags, no lang, no category'],
    ['a node for a name', { commands: [{ ...plain, name: 'convert' }] }, 'nothing but its node'],
    ['a silent node', { commands: [{ ...plain, heard: false }] }, "node's disco#info is not answered"],
    ['inputs that nobody stated', { commands: [command('convert')] }, 'executing it showed no form'],
    ['inputs not looked at', { commands: [command('convert')], probed: false }, 'was not looked at'],
    ['a name of mixed scripts', { commands: [{ ...plain, name: 'Pаypal' }] }, 'mixes scripts'],
    ['fields without labels', withFields({ ...typed, label: null }), "without a label: 'amount'"],
    [
      'a list without options',
      withFields(textField('to', { type: 'list-single', label: 'To' })),
      "without options, which count as open text: 'to'",
    ],
    [
      'options of a text',
      withFields(textField('to', { label: 'To', options: [{ value: 'a', label: null }] })),
      'that are no lists',
    ],
    [
      'a default that is no option',
      withFields(
        textField('to', {
          type: 'list-single',
          label: 'To',
          values: ['b'],
          options: [{ value: 'a', label: null }],
        }),
      ),
      'none of their options',
    ],
    ['a number said to be text', withFields(textField('maxCount', { label: 'Most' })), "'maxCount'"],
    ['a date said to be text', withFields(textField('day', { label: 'Day' })), "'day'"],
    ['a default that is a number', withFields(textField('x', { label: 'X', values: ['200'] })), "'x'"],
  ])('%s', (_name, some, what) => {
    expect(whatOf(some)).toContainEqual(expect.stringContaining(what));
  });

  test('a skill that nothing performs', () => {
    const idle = { ...card, skills: card.skills.map((skill) => ({ ...skill, node: null, endpoint: null })) };
    expect(whatOf({ cards: [idle] })).toContainEqual(expect.stringContaining('neither which command'));
  });

  test('a command that takes nothing has no inputs to state', () => {
    const bell = command('bell', { takesNothing: true, listing: { ...listing, command: null } });
    expect(whatOf({ commands: [bell] })).toEqual([]);
  });

  test('text that may be anything is left alone', () => {
    const fields = [textField('text', { label: 'Text' }), textField('numberless', { label: 'A word' })];
    expect(whatOf(withFields(...fields))).toEqual([]);
  });
});
