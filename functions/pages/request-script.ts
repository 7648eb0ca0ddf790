/**
 * Shows one call for proposals to a party of it, and lets its client take a proposal or withdraw the call, by the token that is
 * typed. What the parties say is text, never markup; the token is kept by the tab, and goes into a header and nowhere else.
 */

export const requestScript = `
  const form = document.querySelector('form[data-request]');
  if (!form) return;
  const kept = 'guildhall-token';
  const path = '/v1/requests/' + encodeURIComponent(form.dataset.request);
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
  const refused = ({ title, detail }) => {
    say(element('p', title), element('p', detail));
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
        ...(body && { 'content-type': 'application/json', 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { ok: response.ok, isAnswered: response.status < 500, json: await response.json() };
  };

  const make = (move, body) => run(async () => {
    const text = move + JSON.stringify(body);
    if (pending?.text !== text) pending = { text, key: randomKey() };
    const moved = await ask(path + '/' + move, body, pending.key);
    if (moved.isAnswered) pending = null;
    if (!moved.ok) return refused(moved.json);
    say(element('p', 'Done.'));
    show(moved.json);
  });
  const button = (label, act) => {
    const made = element('button', label);
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  };

  const facts = (pairs) =>
    element('dl', null, ...pairs.filter(([, value]) => value).map(([name, value]) =>
      element('div', null, element('dt', name), typeof value === 'string' ? element('dd', value) : element('dd', null, value))));
  const askedItem = (one, canTake) => {
    const name = element('a', one.listing.name);
    name.href = '/listings/' + encodeURIComponent(one.listing.id);
    const item = element('li', null, element('strong', one.provider), ' (', name, '): ' + one.standing);
    item.dataset.standing = one.standing;
    const { proposal, words } = one;
    if (words) item.append(element('p', words));
    if (!proposal) return item;
    const { price, answerBy, deliverBy } = proposal;
    item.append(facts([
      ['Price', price.amount + ' ' + price.currency + ' per ' + price.unit],
      ['Can be taken until', answerBy], ['Done by', deliverBy], ['In its words', proposal.words],
    ]));
    if (canTake) {
      const take = button('Take this proposal', () => void make('award', { proposal: proposal.id }));
      take.dataset.proposal = proposal.id;
      item.append(element('p', null, take));
    }
    return item;
  };

  const show = (call) => {
    const { state, side, asked, awarded, moves, budget, input } = call;
    const status = element('p', null, 'State: ', element('strong', state), '. You are ' + (side === 'client' ? 'the client.' : 'a provider that is asked.'));
    status.dataset.state = state;
    const contract = awarded && element('a', awarded.contract);
    if (contract) contract.href = '/contracts/' + encodeURIComponent(awarded.contract);
    const parts = [status, facts([
      ['Need', call.need], ['Client', call.client], ['Budget', budget && budget.amount + ' ' + budget.currency],
      ['Found by', call.query], ['Proposals until', call.deadline], ['The directory moves if nobody does', call.due],
      ['Contract', contract], ['Why', call.reason],
    ])];
    if (Object.keys(input).length > 0) {
      const pre = element('pre', null, element('code', JSON.stringify(input, null, 2)));
      pre.tabIndex = 0;
      pre.dir = 'ltr';
      parts.push(element('h2', 'Given'), pre);
    }
    parts.push(element('h2', side === 'client' ? 'Asked' : 'Your answer'),
      element('ul', null, ...asked.map((one) => askedItem(one, moves.includes('award')))));
    if (moves.includes('cancel')) {
      const withdraw = button('Withdraw the call', () => void make('cancel', {}));
      withdraw.dataset.move = 'cancel';
      parts.push(element('p', null, withdraw));
    }
    const events = call.history.map(({ at, by, provider, move, state: then }) =>
      element('li', null, element('time', at.slice(0, 16).replace('T', ' ')), ' ', element('strong', provider ?? by), ' ' + move + ', ' + then));
    parts.push(element('h2', 'History'), element('ol', null, ...events));
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
    if (token.value.trim() === '') { token.focus(); return say(element('p', 'A call is shown by a token.')); }
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
