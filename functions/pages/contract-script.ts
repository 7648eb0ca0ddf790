/**
 * Shows one contract to a party of it, with what the party can do next, by the token that is typed. What the parties say is
 * text, never markup; the token is kept by the tab, and goes into a header and nowhere else.
 */

export const contractScript = String.raw`
  const form = document.querySelector('form[data-contract]');
  if (!form) return;
  const kept = 'guildhall-token';
  const path = '/v1/contracts/' + encodeURIComponent(form.dataset.contract);
  const token = form.querySelector('#token');
  const outcome = document.querySelector('[data-outcome]');
  const shown = document.querySelector('[data-shown]');
  // A move that was sent and whose answer is not known: asked again, it is the same move.
  let pending = null;

  form.hidden = false;
  try { token.value = sessionStorage.getItem(kept) ?? ''; } catch {}

  const element = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text !== null) { made.textContent = text; made.dir = 'auto'; }
    made.append(...children);
    return made;
  };
  const randomKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const say = (...parts) => outcome.replaceChildren(...parts);
  const refused = ({ title, detail, errors }) => {
    const list = element('ul', null, ...(errors ?? []).map(({ pointer, detail }) => element('li', pointer + ': ' + detail)));
    say(element('p', title), element('p', detail), list);
    outcome.firstChild.className = 'warning';
  };
  const ask = async (at, body, key) => {
    const response = await fetch(at, {
      method: body ? 'POST' : 'GET',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      headers: {
        authorization: 'Bearer ' + token.value.trim(),
        ...(body && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { ok: response.ok, isAnswered: response.status < 500, json: await response.json() };
  };

  const priceText = (price) => (price ? price.amount + ' ' + price.currency + ' per ' + price.unit : 'none');
  const facts = (pairs) =>
    element('dl', null, ...pairs.filter(([, value]) => value).map(([name, value]) =>
      element('div', null, element('dt', name), typeof value === 'string' ? element('dd', value) : element('dd', null, value))));
  const code = (value) => {
    const pre = element('pre', null, element('code', JSON.stringify(value, null, 2)));
    pre.tabIndex = 0;
    pre.dir = 'ltr';
    return pre;
  };
  const link = (to, text) => {
    if (!/^(https|xmpp|mailto|payto):/.test(to)) return element('span', text);
    const made = element('a', text);
    made.href = to;
    made.rel = 'nofollow noopener noreferrer';
    return made;
  };

  // The fields of each move, and how they become what is sent.
  const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);
  const orNull = (text) => (text === '' ? null : text);
  const reason = [['reason', 'Why', 'textarea']];
  const amounts = [['amount', 'Amount', 'input'], ['currency', 'Currency', 'input']];
  const moves = {
    accept: ['Accept', [], () => ({})],
    decline: ['Decline', reason],
    propose: [
      'Propose these terms',
      [...amounts, ['answerBy', 'Can be accepted until', 'input'], ['deliverBy', 'Due', 'input'],
        ['words', 'What else is agreed', 'textarea'], ...reason],
      ({ amount, currency, answerBy, deliverBy, words, reason }) => ({
        terms: {
          price: amount ? { amount, currency } : null,
          answerBy: orNull(answerBy), deliverBy: orNull(deliverBy), words: orNull(words),
        },
        ...(reason && { reason }),
      }),
    ],
    start: ['Begin', [], () => ({})],
    ask: ['Ask for it', [['text', 'What is asked for', 'textarea'], ['names', 'Names of the values, one on each line', 'textarea']],
      ({ text, names }) => ({ text, names: lines(names) })],
    input: ['Give it', [], (values, contract) => ({
      input: Object.fromEntries(contract.ask.inputs.flatMap((input, at) => {
        const text = values['ask' + at];
        if (text === '') return [];
        const isNumber = input.type === 'number' || input.type === 'integer';
        const one = (part) => (isNumber && Number.isFinite(Number(part)) ? Number(part) : input.type === 'boolean' ? part === '1' || part === 'true' : part);
        return [[input.name, input.multiple ? lines(text).map(one) : one(text)]];
      })),
    })],
    progress: ['Say how far it is', [['percent', 'Percent', 'input'], ['text', 'In words', 'input']],
      ({ percent, text }) => ({ ...(percent && { percent: Number(percent) }), ...(text && { text }) })],
    deliver: ['Deliver', [['text', 'In words', 'textarea'], ['links', 'https addresses, one on each line', 'textarea']],
      ({ text, links }) => ({ ...(text && { text }), ...(links && { links: lines(links) }) })],
    complete: ['Confirm that it was done', [], () => ({})],
    fail: ['Say that it failed', reason],
    cancel: ['Cancel', reason],
    dispute: ['Dispute', reason],
    resolve: ['Say that the dispute is resolved', reason],
    settle: ['Note the payment',
      [...amounts, ['reference', 'What it is known by', 'input'], ['link', 'payto: or https: address', 'input']],
      ({ amount, currency, reference, link }) => ({
        settlement: { amount: amount ? { amount, currency } : null, reference: orNull(reference), link: orNull(link) },
      })],
  };
  const given = ({ price, answerBy, deliverBy, words }) =>
    ({ amount: price?.amount, currency: price?.currency, answerBy, deliverBy, words });
  // Terms are answered as they were read.
  const answering = ['accept', 'decline', 'propose'];

  const moveForm = (contract, name) => {
    const [label, fields, read = ({ reason }) => (reason ? { reason } : {})] = moves[name];
    const wanted = name === 'input'
      ? contract.ask.inputs.map((input, at) => ['ask' + at, input.label ?? input.name, input.multiline || input.multiple ? 'textarea' : 'input', input.secret])
      : fields;
    const preset = name === 'propose' ? given(contract) : {};
    const controls = wanted.map(([field, , kind, isSecret]) => {
      const control = document.createElement(kind);
      control.id = 'move-' + name + '-' + field;
      if (isSecret) control.type = 'password';
      control.value = preset[field] ?? '';
      return control;
    });
    const rows = wanted.map(([, text], at) => {
      const heading = element('label', text);
      heading.htmlFor = controls[at].id;
      const row = element('div', null, heading, controls[at]);
      row.className = 'field';
      return row;
    });
    const button = element('button', label);
    button.type = 'button';
    button.dataset.move = name;
    button.addEventListener('click', () => {
      const values = Object.fromEntries(wanted.map(([field], at) => [field, controls[at].value]));
      const body = { ...read(values, contract), ...(answering.includes(name) && { version: contract.version }) };
      void make(name, body);
    });
    if (rows.length === 0) return element('p', null, button);
    return element('details', null, element('summary', label), ...rows, element('p', null, button));
  };

  const make = (name, body) => run(async () => {
    const text = name + JSON.stringify(body);
    if (pending?.text !== text) pending = { text, key: randomKey() };
    const moved = await ask(path + '/' + name, body, pending.key);
    if (moved.isAnswered) pending = null;
    if (!moved.ok) return refused(moved.json);
    say(element('p', 'Done.'));
    show(moved.json);
  });

  const eventLine = ({ at, by, move, state, data }) => {
    const item = element('li', null, element('time', at.slice(0, 16).replace('T', ' ')), ' ', element('strong', by), ' ', move + ', ' + state);
    if (data.terms) item.append(element('p', 'Price: ' + priceText(data.terms.price) + (data.terms.words ? '. ' + data.terms.words : '')));
    if (data.reason) item.append(element('p', data.reason));
    const { settlement } = data;
    if (settlement) {
      const { amount, reference, link: to, invoice } = settlement;
      const ways = [...(to ? [to] : []), ...(invoice?.options.map((option) => option.link) ?? [])];
      const words = [amount && amount.amount + ' ' + amount.currency, reference, invoice && 'invoice ' + invoice.session];
      item.append(element('p', words.filter(Boolean).join(', ')), ...ways.map((way) => element('p', null, link(way, way))));
    }
    return item;
  };

  const show = (contract) => {
    const { state, side, client, provider, listing, input, price, result, progress } = contract;
    const name = listing && element('a', listing.name);
    if (name) name.href = '/listings/' + encodeURIComponent(listing.id);
    const status = element('p', null, 'State: ', element('strong', state), '. You are the ' + side + '.');
    status.dataset.state = state;
    const parts = [status, facts([
      ['Why', contract.reason], ['Whose doing', contract.fault], ['Listing', name], ['Client', client], ['Provider', provider],
      ['Price', priceText(price)], ['Can be accepted until', state === 'offered' && contract.answerBy],
      ['Due', contract.deliverBy], ['Agreed besides', contract.words], ['The directory moves if nobody does', contract.due],
      ['Progress', progress && [progress.percent !== null && progress.percent + ' %', progress.stage, progress.text].filter(Boolean).join(', ')],
    ])];
    if (Object.keys(input).length > 0) parts.push(element('h2', 'Given'), code(input));
    if (contract.ask) parts.push(element('h2', contract.ask.title ?? 'Asked for'), element('p', contract.ask.text ?? ''));
    if (result) {
      parts.push(element('h2', 'Result'));
      for (const note of result.notes) parts.push(element('p', note.text));
      if (result.text) parts.push(element('p', result.text));
      if (result.values !== null) parts.push(code(result.values));
      if (result.rows.length > 0) parts.push(code(result.rows));
      for (const { url } of result.media) parts.push(element('p', null, link(url, url)));
    }
    const open = contract.moves.filter((move) => moves[move]);
    parts.push(element('h2', open.length > 0 ? 'What you can do' : 'No move is open to you'), ...open.map((move) => moveForm(contract, move)));
    parts.push(element('h2', 'History'), element('ol', null, ...contract.history.map(eventLine)));
    shown.replaceChildren(...parts);
  };

  const run = async (work) => {
    outcome.setAttribute('aria-busy', 'true');
    try {
      await work();
    } catch {
      say(element('p', 'The directory does not answer. Try again: nothing is done twice.'));
    } finally {
      outcome.removeAttribute('aria-busy');
    }
  };

  const load = () => run(async () => {
    const found = await ask(path);
    if (!found.ok) { shown.replaceChildren(); return refused(found.json); }
    say();
    show(found.json);
  });

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (token.value.trim() === '') { token.focus(); return say(element('p', 'A contract is shown by a token.')); }
    try { sessionStorage.setItem(kept, token.value.trim()); } catch {}
    void load();
  });
  form.querySelector('[data-forget]').addEventListener('click', () => {
    token.value = '';
    try { sessionStorage.removeItem(kept); } catch {}
    say();
    shown.replaceChildren();
  });
  if (token.value !== '') void load();
`;
