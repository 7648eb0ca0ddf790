/**
 * What pages do more when JavaScript is on: the submit stanza follows the form, code can be copied, and the search box
 * offers what can be asked. Kept as text, since it runs in browsers and is served as it stands.
 */

import { callScript } from './call-script.ts';
import { missingValue } from './call-stanzas.ts';
import { completionOffersScript } from './completion-offers-script.ts';
import { completionScript } from './completion-script.ts';
import { contractScript } from './contract-script.ts';
import { requestScript } from './request-script.ts';

export const script = String.raw`'use strict';
(() => {
  const form = document.querySelector('form[data-form]');
  const stanza = document.querySelector('[data-submit]');

  const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

  // The same values that the server would write for the same form.
  const valuesOf = (field) => {
    const boxes = [...field.querySelectorAll('.choices input')];
    if (boxes.length > 0) return boxes.filter((box) => box.checked).map((box) => box.value);
    const control = field.querySelector('input, select, textarea');
    // A password is not put where others can read it.
    if (control.type === 'password') return [];
    if (control.type === 'checkbox') return [control.checked ? '1' : '0'];
    if (control.value === '') return [];
    return control.localName === 'textarea' ? control.value.split('\n') : [control.value];
  };

  const write = (field) => {
    const target = stanza.querySelector('[data-xml="' + field.dataset.field + '"]');
    if (!target) return;
    const found = valuesOf(field);
    const isRequired = field.querySelector('.required') !== null;
    const values = found.length === 0 && isRequired ? ['${missingValue}'] : found;
    const pad = '      ';
    const { open } = target.dataset;
    if (values.length === 0) {
      target.replaceChildren(pad + open.slice(0, -1) + '/>\n');
      return;
    }
    const lines = values.flatMap((value) => {
      if (value === '') return [pad + '  <value/>\n'];
      const mark = document.createElement('b');
      mark.textContent = escapeXml(value);
      return [pad + '  <value>', mark, '</value>\n'];
    });
    target.replaceChildren(pad + open + '\n', ...lines, pad + '</field>\n');
  };

  if (form && stanza) {
    const update = (event) => {
      const field = event.target.closest('[data-field]');
      if (field) write(field);
    };
    form.addEventListener('input', update);
    form.addEventListener('change', update);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('reset', () => setTimeout(() => form.querySelectorAll('[data-field]').forEach(write)));
    const button = form.querySelector('[data-fallback]');
    button.type = 'reset';
    button.textContent = 'Reset';
    form.querySelector('[data-note]').textContent =
      'The stanza below follows what you enter. Nothing leaves this page' +
      (document.querySelector('form[data-call]') ? ' until you call.' : '.');
    // A browser that comes back to the page may have kept what was entered.
    form.querySelectorAll('[data-field]').forEach(write);
  }

  if (navigator.clipboard) {
    for (const figure of document.querySelectorAll('figure.code')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy';
      button.setAttribute('aria-live', 'polite');
      button.addEventListener('click', async () => {
        try {
          await navigator.clipboard.writeText(figure.querySelector('code').textContent.trimEnd());
          button.textContent = 'Copied';
        } catch {
          button.textContent = 'Not allowed';
        }
        setTimeout(() => { button.textContent = 'Copy'; }, 1500);
      });
      figure.querySelector('figcaption').append(button);
    }
  }

  // A link to a schema opens it.
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.localName === 'details') target.open = true;
  };
  addEventListener('hashchange', openTarget);
  openTarget();
})();
(() => {${callScript}})();
(() => {${contractScript}})();
(() => {${requestScript}})();
(() => {${completionOffersScript}${completionScript}})();
`;
