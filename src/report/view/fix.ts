/** One part of a fix: what to do, or what to paste. */
export type FixPart =
  | { readonly kind: 'words'; readonly text: string }
  /** `language` is for the fence. */
  | { readonly kind: 'paste'; readonly language: 'json' | 'sh'; readonly text: string };

/** How the commands begin that a fix may hold. */
const command = /^(?:aws|docker|read|npm|openssl|dig|curl|jq) /;

/**
 * Takes a fix apart into what is read and what is pasted, so that each block can be copied whole. A
 * fix is plain text: sentences, commands on lines of their own, and JSON that begins and ends at a
 * line's start.
 */
export function fixParts(fix: string): FixPart[] {
  const parts: FixPart[] = [];
  const lines = fix.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const end = /^[{[]$/.test(line) ? closing(lines, index) : -1;
    if (end >= 0) {
      parts.push({ kind: 'paste', language: 'json', text: lines.slice(index, end + 1).join('\n') });
      index = end;
    } else if (command.test(line)) {
      parts.push({ kind: 'paste', language: 'sh', text: line });
    } else if (line.trim() !== '') {
      parts.push({ kind: 'words', text: line });
    }
  }
  return parts;
}

function closing(lines: readonly string[], from: number): number {
  return lines.findIndex((line, index) => index > from && /^[}\]]$/.test(line));
}
