import type { PacketLabel } from './packet-label.ts';
import { clip, textWidth } from './text-row.ts';

/** As much of a label as fits, and the rest that must be said. */
export function fitLabel(
  label: PacketLabel,
  room: number,
): { readonly shown: string; readonly rest: readonly string[] } {
  const isShort = textWidth(label.main) > room;
  let shown = clip(isShort ? label.short : label.main, room);
  const rest: string[] = isShort ? [withoutStart(label.main, label.short)] : [];
  for (const { text, must } of label.parts) {
    const longer = `${shown} ${text}`;
    if (!isShort && textWidth(longer) <= room) shown = longer;
    else if (must) rest.push(text);
  }
  return { shown, rest: rest.length === 0 ? [] : [rest.join('  ')] };
}

/** What the main part says beyond the short one. */
function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length).trimStart() : text;
}
