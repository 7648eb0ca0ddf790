/**
 * Offers below the search box while one types, by the WAI-ARIA pattern of an editable combobox with a list. Kept as text,
 * since it runs in browsers; a part of `app.js`, after `completion-offers-script.ts`.
 */

export const completionScript = String.raw`
  const debounceMs = 120;
  const textCharsMax = 80;

  const complete = (input) => {
    const list = document.createElement('ul');
    list.id = 'offers';
    list.className = 'offers';
    list.hidden = true;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'What can be asked');
    const status = document.createElement('p');
    status.className = 'unseen';
    status.setAttribute('role', 'status');
    input.after(list);
    input.form.append(status);
    const attributes = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

    let offers = [];
    let active = -1;
    let timer = 0;
    let asking = new AbortController();

    const forget = () => {
      clearTimeout(timer);
      asking.abort();
      asking = new AbortController();
    };

    const close = () => {
      forget();
      offers = [];
      active = -1;
      list.hidden = true;
      list.replaceChildren();
      status.textContent = '';
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    };

    // A stranger's text, cut so that no offer fills the list, and kept from reordering what stands beside it.
    const textOf = (name, text) => {
      const element = document.createElement(name);
      const chars = [...text];
      element.textContent = chars.length > textCharsMax ? chars.slice(0, textCharsMax).join('') + '…' : text;
      return element;
    };

    const itemOf = (offer, at) => {
      const item = document.createElement('li');
      item.id = 'offer-' + at;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', 'false');
      item.append(textOf('bdi', offer.text), ' ', textOf('span', offer.note));
      return item;
    };

    const open = (found) => {
      if (found.length === 0) return close();
      offers = found;
      active = -1;
      list.replaceChildren(...found.map(itemOf));
      list.hidden = false;
      list.scrollTop = 0;
      input.setAttribute('aria-expanded', 'true');
      input.removeAttribute('aria-activedescendant');
      status.textContent = found.length === 1 ? 'One offer' : found.length + ' offers';
    };

    const look = async () => {
      forget();
      const { signal } = asking;
      const found = await offersFor(input.value, input.selectionStart ?? input.value.length, signal);
      if (!signal.aborted && document.activeElement === input) open(found);
    };

    const activate = (at) => {
      list.children[active]?.setAttribute('aria-selected', 'false');
      active = at;
      const item = list.children[at];
      if (!item) return input.removeAttribute('aria-activedescendant');
      item.setAttribute('aria-selected', 'true');
      item.scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', item.id);
    };

    const choose = (at) => {
      const { from, insert, isOpen } = offers[at];
      const caret = input.selectionStart ?? input.value.length;
      const after = input.value.slice(caret);
      // After a whole part the next begins; after a name, its value.
      const text = insert + (isOpen || /^\s/.test(after) ? '' : ' ');
      // Too long a query is not put in: the box would not have taken it either.
      if (input.value.length - (caret - from) + text.length > input.maxLength) return close();
      input.setRangeText(text, from, caret, 'end');
      close();
      if (isOpen) void look();
    };

    // One place more than there are offers: beyond the last one, the box itself.
    const move = (step) => {
      const count = offers.length + 1;
      const next = (active + 1 + step + count) % count;
      activate(next - 1);
    };

    const follow = (event) => {
      forget();
      if (event.isComposing) return;
      if (input.value.trim() === '') return close();
      timer = setTimeout(look, debounceMs);
    };
    input.addEventListener('input', follow);
    input.addEventListener('compositionend', follow);

    input.addEventListener('keydown', (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const isOpen = !list.hidden;
      switch (event.key) {
        case 'ArrowDown':
        case 'ArrowUp':
          event.preventDefault();
          if (isOpen) move(event.key === 'ArrowDown' ? 1 : -1);
          else void look();
          break;
        case 'Enter':
          if (isOpen && active >= 0) {
            event.preventDefault();
            choose(active);
          } else close();
          break;
        case 'Tab':
          if (isOpen && active >= 0 && !event.shiftKey) {
            event.preventDefault();
            choose(active);
          } else close();
          break;
        case 'Escape':
          if (isOpen) {
            event.preventDefault();
            close();
          }
          break;
        case 'ArrowLeft':
        case 'ArrowRight':
        case 'Home':
        case 'End':
          // The offers were for where the caret was.
          close();
          break;
      }
    });

    input.addEventListener('blur', close);
    // The box keeps the focus while an offer is pressed.
    list.addEventListener('pointerdown', (event) => event.preventDefault());
    list.addEventListener('mousedown', (event) => event.preventDefault());
    list.addEventListener('click', (event) => {
      const at = [...list.children].indexOf(event.target.closest('[role="option"]'));
      if (at >= 0) choose(at);
    });
    addEventListener('pageshow', close);
  };

  const box = document.querySelector('.search input[name="q"]');
  if (box) complete(box);
`;
