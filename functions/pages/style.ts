/** The one style sheet. Colours are custom properties, so that light and dark differ in one place. */

import { searchStyle } from './search-style.ts';

export const style = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf6; --raised: #ffffff; --sunken: #f2f0e9;
  --ink: #1c2324; --soft: #566062; --line: #dedbd0; --edge: #8c918c;
  --accent: #17655b; --accent-strong: #0f4f47; --on-accent: #ffffff; --wash: #e3efeb;
  --good: #1c6b3c; --warn: #855300; --warn-wash: #fbf0da; --bad: #a12c22; --bad-wash: #fbe9e6; --mark: #f6e7b0;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", "TeX Gyre Pagella", P052, Georgia, serif;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14191a; --raised: #1b2223; --sunken: #1f2728;
    --ink: #e7e5de; --soft: #a5afae; --line: #303a3b; --edge: #76827f;
    --accent: #83cdbd; --accent-strong: #a5e0d3; --on-accent: #0d2320; --wash: #203734;
    --good: #86d3a0; --warn: #e6b868; --warn-wash: #352b18; --bad: #f0988d; --bad-wash: #3a2120; --mark: #4a431f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.6 var(--sans); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; overflow-wrap: anywhere; }
.wide { width: 100%; max-width: 68rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2rem); }
main { flex: 1; padding-block: clamp(1.5rem, 4vw, 3rem) 4rem; }
main:focus { outline: none; }
h1, h2, h3 { font-family: var(--serif); line-height: 1.2; font-weight: 600; text-wrap: balance; margin: 0; }
h1 { font-size: clamp(1.7rem, 1.2rem + 2.2vw, 2.5rem); letter-spacing: -0.01em; }
h2 { font-size: 1.3rem; }
h3 { font-size: 1.05rem; }
p { margin: 0 0 1rem; }
ul, ol { padding: 0; margin: 0; list-style: none; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
a:hover { color: var(--accent-strong); text-decoration-thickness: 2px; }
code, pre, .jid { font-family: var(--mono); font-size: 0.875em; }
code { overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 2; padding: 0.5rem 1rem; background: var(--accent); color: var(--on-accent); }
.skip:focus { top: 0.5rem; color: var(--on-accent); }
.note { color: var(--soft); font-size: 0.92rem; }
.warning { padding: 0.4rem 0.8rem; border-left: 4px solid var(--bad); background: var(--bad-wash); border-radius: 0 6px 6px 0; font-size: 0.92rem; }
.lead { font-size: 1.12rem; color: var(--soft); max-width: 42rem; text-wrap: pretty; }
.eyebrow { margin: 0 0 0.5rem; font-size: 0.8rem; letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); }

.top { border-bottom: 1px solid var(--line); }
.top .wide { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding-block: 0.75rem; flex-wrap: wrap; }
.brand { display: inline-flex; align-items: center; gap: 0.55rem; font: 600 1.25rem/1 var(--serif); color: var(--ink); text-decoration: none; letter-spacing: 0.005em; }
.brand:hover { color: var(--accent); }
.mark .hall { fill: var(--accent); }
.mark .door { fill: var(--paper); }
.top ul { display: flex; gap: 0.25rem; }
.top nav a { display: block; padding: 0.4rem 0.7rem; color: var(--soft); text-decoration: none; border-radius: 6px; }
.top nav a:hover { color: var(--ink); background: var(--sunken); }
.top nav a[aria-current] { color: var(--ink); box-shadow: inset 0 -2px var(--accent); border-radius: 6px 6px 0 0; }
.foot { border-top: 1px solid var(--line); color: var(--soft); font-size: 0.88rem; }
.foot .wide { padding-block: 1.25rem 2rem; display: flex; gap: 0.5rem 2rem; justify-content: space-between; flex-wrap: wrap; }
.foot p { margin: 0; max-width: 44rem; }

.hero { padding-block: clamp(0.5rem, 4vw, 2.5rem) 2rem; max-width: 46rem; }
.hero h1 { margin-bottom: 0.75rem; }
.hero.small { padding-block: 0 1.5rem; }
.hero.small h1 { font-size: clamp(1.35rem, 1.1rem + 1.2vw, 1.75rem); }
.asked { color: var(--accent); }
.bar { position: relative; display: flex; gap: 0.5rem; }
.bar input { flex: 1; min-width: 0; font-size: 1.1rem; padding: 0.7rem 0.9rem; }
input, select, textarea, button { font: inherit; color: inherit; }
input, select, textarea { background: var(--raised); border: 1px solid var(--edge); border-radius: 6px; padding: 0.5rem 0.65rem; max-width: 100%; }
input[aria-invalid] { border-color: var(--bad); }
/* Browsers draw it too faint to be read. */
::placeholder { color: var(--soft); opacity: 1; }
button { cursor: pointer; background: var(--accent); color: var(--on-accent); border: 1px solid transparent; border-radius: 6px; padding: 0.55rem 1.1rem; font-weight: 600; }
button:hover { background: var(--accent-strong); }
.refusal { margin: 0.75rem 0 0; padding: 0.6rem 0.9rem; border-left: 4px solid var(--bad); background: var(--bad-wash); border-radius: 0 6px 6px 0; }
.hints { margin: 0.75rem 0 0; display: flex; flex-wrap: wrap; gap: 0.25rem 0.9rem; font-size: 0.92rem; color: var(--soft); }
.hits > li { border-top: 1px solid var(--line); padding-block: 1.4rem; }
.hits > li:first-child { border-top: 2px solid var(--ink); }
.hit > :last-child { margin-bottom: 0; }
.hit header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
.hit h2 { min-width: 0; }
.hit h2 a { color: inherit; text-decoration-color: var(--line); }
.hit h2 a:hover { color: var(--accent); text-decoration-color: currentColor; }
.by { margin: 0.3rem 0 0.6rem; color: var(--soft); font-size: 0.92rem; }
.hit .by > span::before { content: "·"; margin-inline: 0.5rem; }
.by .price { color: var(--ink); }
.excerpt { margin-bottom: 0.7rem; max-width: 48rem; text-wrap: pretty; }
.state { display: inline-flex; align-items: center; gap: 0.4rem; flex: none; font: 500 0.82rem/1.4 var(--sans); color: var(--soft); white-space: nowrap; }
.state::before { content: ""; width: 0.55rem; height: 0.55rem; border-radius: 50%; border: 2px solid currentColor; }
.state.online { color: var(--good); }
.state.online::before { background: currentColor; }
.state.stale { color: var(--warn); }
.state.stale::before { border-radius: 1px; transform: rotate(45deg) scale(0.85); }
.chips, .tags { display: flex; flex-wrap: wrap; gap: 0.35rem; font-size: 0.88rem; margin-bottom: 0.6rem; }
.chip { background: var(--sunken); border-radius: 4px; padding: 0.1rem 0.5rem; max-width: 100%; }
.chip span, .type { color: var(--soft); }
.required { color: var(--bad); font-weight: 700; margin-left: 0.15em; }
.more { color: var(--soft); padding: 0.1rem 0.25rem; }
.tags { gap: 0.2rem 0.85rem; }
.tags a { color: var(--soft); }
.tags a::before, .tags bdi:only-child::before { content: "#"; opacity: 0.75; }
.tags a bdi::before { content: none !important; }
.tags a:hover { color: var(--accent); }
.score b { color: var(--ink); }
.ratings li { padding-block: 0.75rem; border-top: 1px solid var(--line); }
.ratings blockquote { margin: 0.2rem 0 0; white-space: pre-line; max-width: 44rem; }
.ratings .reply { margin: 0.5rem 0 0 1rem; padding-left: 0.8rem; border-left: 2px solid var(--line); }
.results + .ratings, .ratings + .ratings { margin-top: 2.5rem; }
.pager { display: flex; justify-content: space-between; gap: 1rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
.pager a { padding: 0.45rem 1rem; border: 1px solid var(--edge); border-radius: 6px; text-decoration: none; }
.pager a:hover { border-color: var(--accent); background: var(--wash); }
.pager .next { margin-left: auto; }
.pager .next::after { content: " →" / ""; }
.empty { border-top: 2px solid var(--ink); padding-top: 1.5rem; max-width: 40rem; }
.empty-title { font: 600 1.3rem/1.3 var(--serif); }
.empty ul, .queries, .sources { list-style: disc; padding-left: 1.2rem; margin-bottom: 1rem; }

.head { display: flex; gap: 1.25rem; align-items: flex-start; margin-bottom: 1.75rem; }
.head > div { min-width: 0; }

.head .by { display: flex; flex-wrap: wrap; gap: 0.3rem 0.75rem; align-items: baseline; margin-bottom: 0; }
.icon { border-radius: 10px; border: 1px solid var(--line); background: #fff; object-fit: contain; flex: none; }
.lead + .columns { margin-top: 2.5rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 2.5rem; }
@media (min-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr) 17rem; gap: 3.5rem; }
  .columns.docs { grid-template-columns: 17rem minmax(0, 1fr); }
  .docs .facts { position: sticky; top: 1.5rem; max-height: calc(100vh - 3rem); overflow: auto; align-self: start; }
}
.body { min-width: 0; }
.body > section, .body > details { margin-top: 2.5rem; }
.body > :first-child { margin-top: 0; }
.body h2 { margin-bottom: 1rem; }
.description { white-space: pre-line; font-size: 1.06rem; max-width: 44rem; text-wrap: pretty; }
.facts { font-size: 0.92rem; min-width: 0; }
.facts h2 { font-size: 1.05rem; margin: 1.5rem 0 0.6rem; }
.facts > h2:first-child { margin-top: 0; }
.facts dl, .row { margin: 0; }
.facts dl > div { padding-block: 0.5rem; border-top: 1px solid var(--line); }
.facts > dl:first-child > div:first-child { border-top: 2px solid var(--ink); }
dt { color: var(--soft); font-size: 0.85rem; }
dd { margin: 0; }
.id { font-size: 0.78rem; color: var(--soft); }
.sources { margin-bottom: 0.75rem; }
.row { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin-bottom: 2.5rem; }

.inputs { background: var(--raised); border: 1px solid var(--line); border-radius: 10px; padding: clamp(1rem, 3vw, 1.5rem); }
.field { display: block; margin: 0 0 1.25rem; padding: 0; border: 0; min-width: 0; }
.field > label, .field legend { display: block; font-weight: 600; padding: 0; margin-bottom: 0.3rem; }
.field > input:not([type=checkbox]), .field > select, .field > textarea { display: block; width: 100%; }
.field > input[type=number], .field > input[type=date] { max-width: 16rem; }
textarea { field-sizing: content; min-height: 2.6rem; max-height: 20rem; resize: vertical; }
.box { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: 0.6rem; align-items: baseline; }
.box > label { margin: 0; }
.box .help { grid-column: 2; }
input[type=checkbox] { accent-color: var(--accent); width: 1.1rem; height: 1.1rem; margin: 0; flex: none; transform: translateY(0.15rem); }
.choices { display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; max-height: 14rem; overflow: auto; padding: 0.2rem; }
.choices label { display: inline-flex; gap: 0.45rem; align-items: baseline; min-width: 0; }
.help { margin: 0.3rem 0 0; font-size: 0.88rem; color: var(--soft); }
.help code { color: var(--soft); }
.help .type::before { content: "· "; }
.about { display: block; }
.submit { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1rem; margin: 0; }
button[type=reset], .copy { background: none; color: var(--accent); border-color: var(--edge); font-weight: 500; }
button[type=reset]:hover, .copy:hover { background: var(--wash); color: var(--accent-strong); }
.outputs li { padding-block: 0.3rem; border-top: 1px solid var(--line); }
.steps { counter-reset: step; }
.steps > li { counter-increment: step; margin-bottom: 1.5rem; }
.steps h3::before { content: counter(step) ". "; color: var(--accent); }
h3 + .code, h3 + .note { margin-top: 0.5rem; }
.code { margin: 0 0 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); overflow: hidden; }
.code figcaption { display: flex; justify-content: space-between; align-items: center; min-height: 2.2rem; padding: 0.15rem 0.3rem 0.15rem 0.9rem; font-size: 0.8rem; color: var(--soft); border-bottom: 1px solid var(--line); }
.copy { font-size: 0.8rem; padding: 0.15rem 0.6rem; border-color: transparent; }
pre { margin: 0; padding: 0.8rem 0.9rem; overflow: auto; max-height: 32rem; line-height: 1.55; tab-size: 2; }
pre code { font-size: 0.97em; white-space: pre-wrap; overflow-wrap: anywhere; }
pre b { color: var(--accent); font-weight: 600; }
details { border-top: 1px solid var(--line); padding-block: 0.6rem; }
summary { cursor: pointer; font-weight: 600; padding-block: 0.2rem; }
details[open] > summary { margin-bottom: 0.6rem; }
.body > details + details { margin-top: 0; }
.features li { padding-block: 0.15rem; }

.contents li { margin-bottom: 0.35rem; font-size: 0.88rem; line-height: 1.4; }
.contents a { text-decoration: none; }
.contents a:hover { text-decoration: underline; }
.method { font: 600 0.75rem/1 var(--mono); color: var(--soft); letter-spacing: 0.02em; }
.group > h2 { border-top: 2px solid var(--ink); padding-top: 1.25rem; }
.body > .group:first-child > h2 { margin-top: 0; }
.group > h2 + p { color: var(--soft); }
.route { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
.route h3 { font: 600 1.1rem/1.4 var(--mono); margin-bottom: 0.6rem; }
.route h3 a { color: inherit; text-decoration: none; }
.route h3 a:hover { text-decoration: underline; }
.route h3 code { font-size: 1em; }
.route h3 .method { font-size: 0.8em; color: var(--accent); margin-right: 0.3em; }
.route h4 { font: 600 1rem/1.3 var(--serif); margin: 1.25rem 0 0.5rem; }
.route details { border: 0; padding-block: 0.2rem; }
.route summary { font-weight: 500; font-size: 0.88rem; color: var(--soft); }
.members { margin: 0 0 1rem; }
.members > div { border-top: 1px solid var(--line); padding-block: 0.5rem; }
.members dt { font-size: 0.95rem; }
.members dt > code { color: var(--ink); font-weight: 600; font-size: 0.9rem; }
.members p { margin: 0; }
.members .members { margin: 0.5rem 0 0; padding-left: 1rem; border-left: 2px solid var(--line); }
.members .members > div:first-child { border-top: 0; }
.optional, .limits { font-size: 0.88rem; color: var(--soft); }
.limits { display: block; }
.status.s2 { color: var(--good) !important; }
.status.s4, .status.s5 { color: var(--bad) !important; }
[id] { scroll-margin-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; margin-top: 1.5rem; }
th, td { text-align: left; padding: 0.55rem 1rem 0.55rem 0; border-bottom: 1px solid var(--line); font-weight: 400; vertical-align: baseline; }
thead th { font-size: 0.85rem; color: var(--soft); border-bottom: 2px solid var(--ink); }
th p { margin: 0; }

@media (max-width: 30rem) {
  .hit header { flex-wrap: wrap; gap: 0.2rem 1rem; }
  .head { flex-direction: column; gap: 0.75rem; }
  .brand { font-size: 1.15rem; gap: 0.4rem; }
  .top .wide, .top ul { gap: 0; }
  .top nav a { padding-inline: 0.4rem; font-size: 0.95rem; }
}
@media (prefers-reduced-motion: no-preference) {
  a, button { transition: color 0.12s, background-color 0.12s; }
}
@media (forced-colors: active) {
  .state::before { forced-color-adjust: none; }
}
@media print {
  .top nav, .search, .foot, .copy, .submit { display: none; }
}
${searchStyle}`;
