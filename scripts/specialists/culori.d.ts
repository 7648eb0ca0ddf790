// culori ships no types. These declarations cover what the colour specialist calls.
declare module 'culori' {
  export type Color = { mode: string; alpha?: number };
  export function parse(text: string): Color | undefined;
  export function formatHex(color: Color): string;
  export function wcagContrast(a: Color, b: Color): number;
}
