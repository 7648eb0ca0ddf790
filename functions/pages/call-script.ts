/**
 * Makes the call of a listing's page from the browser, with the token that its user types. The token is kept by the tab
 * (sessionStorage), and goes into a header and nowhere else. What agents say is text, never markup.
 */

export const callScript = String.raw`
  const form = document.querySelector('form[data-call]');
  if (!form) return;
  const kept = 'guildhall-token';
  const token = form.querySelector('#token');
  const outcome = form.querySelector('[data-outcome]');
  const button = form.querySelector('button');
  const inputs = JSON.parse(form.dataset.inputs);
  const waitSeconds = 30;
  // Of a call that was sent and whose answer is not known: asked again, it is the same call.
  let pending = null;

  form.hidden = false;
  try { token.value = sessionStorage.getItem(kept) ?? ''; } catch {}

  const element = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text !== null) { made.textContent = text; made.dir = 'auto'; }
    made.append(...children);
    return made;
  };
  const show = (...parts) => outcome.replaceChildren(...parts);
  const code = (value) => {
    const pre = element('pre', null, element('code', JSON.stringify(value, null, 2)));
    pre.tabIndex = 0;
    pre.dir = 'ltr';
    return pre;
  };
  const randomKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

  const valueOf = (type, text) => {
    if (type === 'boolean') return text === '1';
    const isNumber = type === 'number' || type === 'integer';
    return isNumber && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  };
  const jsonOf = ({ type, multiple }, texts) =>
    multiple ? texts.map((text) => valueOf(type, text)) : valueOf(type, texts.join('\n'));
  const textsOf = (field) => {
    const boxes = [...field.querySelectorAll('.choices input')];
    if (boxes.length > 0) return boxes.filter((box) => box.checked).map((box) => box.value);
    const control = field.querySelector('input, select, textarea');
    if (control.type === 'checkbox') return [control.checked ? '1' : '0'];
    if (control.value === '') return [];
    return control.localName === 'textarea' ? control.value.split('\n') : [control.value];
  };
  const gather = (place, of) =>
    Object.fromEntries(of.flatMap((input, at) => {
      const field = place?.querySelector('[data-field="' + at + '"]');
      const texts = field ? textsOf(field) : [];
      return texts.length > 0 ? [[input.name, jsonOf(input, texts)]] : [];
    }));

  const ask = async (path, body, key) => {
    const response = await fetch(path, {
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

  const refused = ({ title, detail, errors }) => {
    const list = element('ul', null, ...(errors ?? []).map(({ pointer, detail }) => element('li', pointer + ': ' + detail)));
    show(element('p', title), element('p', detail), list);
    outcome.firstChild.className = 'warning';
  };

  const pathOf = (contract) => '/v1/contracts/' + encodeURIComponent(contract.id);
  const move = (contract, name, body) =>
    run(async () => {
      const moved = await ask(pathOf(contract) + '/' + name, body);
      if (moved.ok) await follow(moved.json);
      else refused(moved.json);
    });

  // What the agent asks for, as fields of the page's own making.
  const askedFor = (contract) => {
    const { title, text, inputs: wanted, missing } = contract.ask;
    const fields = wanted.map((input, at) => {
      const yesOrNo = [{ value: '1', label: 'Yes' }, { value: '0', label: 'No' }];
      const options = input.type === 'boolean' ? yesOrNo : input.options;
      const isChoice = options.length > 0 && !input.multiple;
      const control = document.createElement(isChoice ? 'select' : input.multiline || input.multiple ? 'textarea' : 'input');
      control.id = 'ask' + at;
      if (isChoice) control.append(new Option('', ''), ...options.map(({ value, label }) => new Option(label ?? value, value)));
      else if (input.secret) control.type = 'password';
      if (missing.includes(input.name)) control.setAttribute('aria-invalid', 'true');
      const label = element('label', input.label ?? input.name);
      label.htmlFor = control.id;
      const field = element('div', null, label, control);
      field.className = 'field';
      field.dataset.field = String(at);
      return field;
    });
    const give = element('button', 'Give what is asked for');
    give.type = 'button';
    const place = element('div', null, ...fields);
    give.addEventListener('click', () => move(contract, 'input', { input: gather(place, wanted) }));
    return [element('h4', title ?? 'The agent asks for more'), ...(text ? [element('p', text)] : []), place, give];
  };

  const showContract = (contract) => {
    const { id, state, reason, result, ask: asked, moves } = contract;
    const page = element('a', id);
    page.href = '/contracts/' + encodeURIComponent(id);
    const line = element('p', null, 'Contract ', page, ': ', element('strong', state));
    line.dataset.state = state;
    const parts = [line, ...(reason ? [element('p', reason)] : [])];
    if (asked) parts.push(...askedFor(contract));
    if (result) {
      for (const note of result.notes) parts.push(element('p', note.text));
      if (result.text) parts.push(element('p', result.text));
      if (result.values !== null) parts.push(code(result.values));
      if (result.rows.length > 0) parts.push(code(result.rows));
      for (const { url, type } of result.media) parts.push(element('p', type + ' ' + url));
    }
    if (moves.includes('cancel')) {
      const cancel = element('button', 'Cancel the call');
      cancel.type = 'button';
      cancel.addEventListener('click', () => move(contract, 'cancel', {}));
      parts.push(cancel);
    }
    show(...parts);
  };

  const follow = async (first) => {
    let contract = first;
    showContract(contract);
    while (contract.state === 'accepted' || contract.state === 'working') {
      const now = await ask(pathOf(contract) + '?wait=' + waitSeconds);
      if (!now.ok) return refused(now.json);
      contract = now.json;
      showContract(contract);
    }
  };

  const run = async (work) => {
    button.disabled = true;
    outcome.setAttribute('aria-busy', 'true');
    try {
      await work();
    } catch {
      show(element('p', 'The directory does not answer. Try again: the call is not made twice.'));
    } finally {
      button.disabled = false;
      outcome.removeAttribute('aria-busy');
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (token.value.trim() === '') {
      token.focus();
      return show(element('p', 'A call takes a token.'));
    }
    try { sessionStorage.setItem(kept, token.value.trim()); } catch {}
    const body = { listing: form.dataset.call, input: gather(document.querySelector('form[data-form]'), inputs), call: true };
    const text = JSON.stringify(body);
    if (pending?.text !== text) pending = { text, key: randomKey() };
    show(element('p', 'Calling…'));
    void run(async () => {
      const made = await ask('/v1/contracts?wait=1', body, pending.key);
      if (made.isAnswered) pending = null;
      if (made.ok) await follow(made.json);
      else refused(made.json);
    });
  });
  form.querySelector('[data-forget]').addEventListener('click', () => {
    token.value = '';
    try { sessionStorage.removeItem(kept); } catch {}
    show();
  });
`;
