/** Trees as text. What is in them came from the network: nothing of it may steer a terminal. */

import { cleanLine } from '../../protocol/text.ts';

export type Branch = {
  text: string;
  /** Who said it. */
  source?: string | null;
  children?: Branch[];
};

/** How parts of the text are set off; each leaves the text as it is where there are no colours. */
export type Style = { strong(text: string): string; quiet(text: string): string };

export const plainStyle: Style = { strong: (text) => text, quiet: (text) => text };

const lineCharsMax = 400;

export function treeLines(root: Branch, style: Style): string[] {
  return [style.strong(line(root.text)), ...branches(root.children ?? [], '', style)];
}

function branches(children: Branch[], indent: string, style: Style): string[] {
  return children.flatMap((child, at) => {
    const isLast = at === children.length - 1;
    const source = child.source ? style.quiet(`  [${line(child.source)}]`) : '';
    const own = `${style.quiet(`${indent}${isLast ? '└─' : '├─'}`)} ${line(child.text)}${source}`;
    return [own, ...branches(child.children ?? [], `${indent}${isLast ? '   ' : '│  '}`, style)];
  });
}

/** One line, without control characters. */
export function line(text: string): string {
  const cut = text.length > lineCharsMax * 2 ? text.slice(0, lineCharsMax * 2) : text;
  const clean = cleanLine(cut, lineCharsMax);
  return clean.length < lineCharsMax ? clean : `${clean}…`;
}
