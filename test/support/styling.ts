/** The outermost styled spans of a line as XEP-0393 §6.2 finds them, each with its directives. */
export function styledSpans(line: string): string[] {
  const spans: string[] = [];
  for (let at = 0; at < line.length; at++) {
    const directive = line[at] as string;
    if (!'*_~`'.includes(directive)) continue;
    const opens = (at === 0 || /[\s*_~`]/.test(line[at - 1] as string)) && /\S/.test(line[at + 1] ?? ' ');
    if (!opens) continue;
    let end = line.indexOf(directive, at + 1);
    // What ends a span is preceded by no white space, and encloses something.
    while (end > 0 && (end === at + 1 || /\s/.test(line[end - 1] as string))) {
      end = line.indexOf(directive, end + 1);
    }
    if (end < 0) continue;
    spans.push(line.slice(at, end + 1));
    at = end;
  }
  return spans;
}
