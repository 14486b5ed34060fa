import pc from 'picocolors';

/** The few colours of what is no drawing. */
export interface Colors {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
  weak(text: string): string;
}

export function colorsOf(enabled: boolean): Colors {
  const colors = pc.createColors(enabled);
  return { good: colors.green, bad: colors.red, strong: colors.bold, weak: colors.dim };
}
