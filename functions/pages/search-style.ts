/** Of the style sheet, what the search box and its results look like. */

export const searchStyle = `
.offers { position: absolute; z-index: 3; inset: calc(100% + 0.3rem) 0 auto 0; max-height: min(24rem, 60vh); overflow: auto; background: var(--raised); border: 1px solid var(--edge); border-radius: 8px; padding: 0.3rem; box-shadow: 0 0.5rem 1.5rem rgb(0 0 0 / 0.18); }
.offers li { display: flex; justify-content: space-between; align-items: baseline; gap: 0.2rem 1rem; padding: 0.4rem 0.65rem; border-radius: 5px; cursor: pointer; }
.offers bdi { font: 0.9rem/1.4 var(--mono); min-width: 0; }
.offers span { color: var(--soft); font-size: 0.85rem; text-align: end; flex: none; max-width: 60%; }
.offers li:hover { background: var(--sunken); }
.offers li[aria-selected=true] { background: var(--wash); outline: 2px solid var(--accent); outline-offset: -2px; }

.in-force { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: -0.5rem 0 1.5rem; font-size: 0.92rem; }
.in-force li { max-width: 100%; }
.in-force a { display: inline-block; padding: 0.25rem 0.7rem; border-radius: 1rem; text-decoration: none; color: var(--ink); }
.off { background: var(--wash); border: 1px solid var(--accent); }
.off .name { color: var(--soft); }
.off:hover { text-decoration: line-through; }
.off::after, .facet.chosen::after { content: "×" / ""; margin-inline-start: 0.45rem; font-weight: 700; color: var(--accent); }
.in-force .all { color: var(--accent); text-decoration: underline; }

.found { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
.results { min-width: 0; }
.narrow { min-width: 0; font-size: 0.92rem; }
.facets { border: 1px solid var(--line); border-radius: 8px; padding: 0.5rem 0.9rem; }
.groups { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(11rem, 100%), 1fr)); gap: 1.25rem 1.5rem; padding-block: 0.25rem 0.5rem; }
.groups section { min-width: 0; }
.groups h2 { font: 600 0.8rem/1.4 var(--sans); letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); margin-bottom: 0.3rem; }
.groups details { border: 0; padding: 0; }
.groups summary { font-weight: 400; color: var(--accent); padding-block: 0.25rem; }
.facet { display: flex; align-items: baseline; gap: 0.6rem; padding: 0.2rem 0.5rem; margin-inline: -0.5rem; border-radius: 5px; text-decoration: none; color: var(--ink); }
.facet bdi { min-width: 0; }
a.facet:hover { background: var(--sunken); color: var(--ink); }
.facet .count { margin-inline-start: auto; flex: none; color: var(--soft); font-size: 0.85rem; font-variant-numeric: tabular-nums; }
.facet.chosen { background: var(--wash); font-weight: 600; }
.facet.chosen::after { margin-inline-start: 0; }
@media (min-width: 56rem) {
  .found { grid-template-columns: 14rem minmax(0, 1fr); gap: 2.5rem; }
  /* Beside the results there is room: what is folded up on narrow screens is open. Where that cannot be said, it unfolds. */
  @supports selector(::details-content) {
    .facets { border: 0; padding: 0; }
    .facets > summary { display: none; }
    .facets::details-content { content-visibility: visible; block-size: auto; display: block; }
    .groups { grid-template-columns: minmax(0, 1fr); padding: 0; }
  }
}
.order { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.25rem 1.5rem; margin-bottom: 0.5rem; }
.order .eyebrow { margin: 0; }
.sorts ul { display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; }
.sorts a { display: block; padding: 0.25rem 0; color: var(--soft); text-decoration: none; font-size: 0.92rem; }
.sorts a:hover { color: var(--ink); text-decoration: underline; }
.sorts a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--accent); }

mark { background: var(--mark); color: inherit; border-radius: 3px; padding-inline: 0.15em; }
.why, .why ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; }
.why { color: var(--soft); font-size: 0.88rem; margin-bottom: 0.6rem; }
.why > span { flex: none; }
.why mark, .tags mark { color: var(--ink); }
.chip.match { box-shadow: inset 0 0 0 1px var(--accent); }
.below { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1.5rem; font-size: 0.92rem; }
.below > * { border: 0; padding: 0; margin: 0; }
.below > details[open] { flex-basis: 100%; }
.below summary { font-weight: 500; color: var(--accent); }
.below .inputs { font-size: 1rem; margin-top: 0.5rem; }
.score dl { margin: 0; max-width: 28rem; }
.score dl > div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); align-items: center; padding-block: 0.15rem; }
.score dd { display: flex; align-items: center; gap: 0.75rem; }
.score dd span { color: var(--soft); font-size: 0.85rem; font-variant-numeric: tabular-nums; }
meter { appearance: none; display: block; width: 9rem; height: 0.6rem; flex: none; border: 1px solid var(--line); border-radius: 4px; background: var(--sunken); overflow: hidden; }
meter::-webkit-meter-bar { grid-row: 1 / -1; height: 100%; background: none; border: 0; }
meter::-webkit-meter-optimum-value { background: var(--accent); }
meter::-moz-meter-bar { background: var(--accent); }
@media print {
  .narrow, .sorts, .below, .offers { display: none; }
}
`;
