import type { Finding } from '../../diagnosis/types.ts';
import { isUrlFinding } from '../../endpoint/url-finding.ts';
import { fixParts } from './fix.ts';
import { code, details, fence, prose } from './markdown.ts';

/** One finding: what is wrong, where it was written, and the fix in blocks to copy. */
export function findingBlock(finding: Finding): string {
  return [sentence(finding), ...fixBlocks(finding)].join('\n\n');
}

/** The finding without its fix. */
export function sentence(finding: Finding): string {
  const { summary, count } = finding;
  const times = count > 1 ? [`seen ${count} times`] : [];
  const notes = [...place(finding), ...times];
  const note = notes.length > 0 ? ` — ${notes.join(', ')}` : '';
  return `**${prose(summary, namesIn(finding))}**${note}`;
}

function place({ file, line }: Finding): string[] {
  if (file === null) return [];
  return [line === null ? code(file) : `${code(file)} line ${line}`];
}

/** What is named in the finding's words, so that it stands out. */
export function namesIn({
  principal,
  action,
  resource,
  container,
  secret,
}: Finding): (string | null)[] {
  const short = resource?.startsWith('arn:') ? afterLastColon(resource) : null;
  return [principal, action, resource, short, container, secret].filter(
    // A name that is a word of the sentence itself would mark that word.
    (name) =>
      name !== null && !/^(the|a|an|of|may|not|read|role|task|secret|container)$/i.test(name),
  );
}

function afterLastColon(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1).replace(/^parameter(?=\/)/, '');
}

function fixBlocks(finding: Finding): string[] {
  if (finding.fix === null) return [];
  const parts = fixParts(finding.fix);
  const { principal, action, resource, secret } = finding;
  const names = [principal, action, resource, secret];
  const blocks = parts.map((part) =>
    part.kind === 'words' ? prose(part.text, names) : fence(part.text, part.language),
  );
  if (parts[0]?.kind === 'words') blocks[0] = `**Fix:** ${blocks[0]}`;
  else blocks.unshift('**Fix:**');
  return blocks;
}

/** AWS's own words for each, as they came, folded away; what an address answers is none of them. */
export function evidenceDetails(findings: readonly Finding[]): string {
  const words = findings.filter((one) => !isUrlFinding(one)).map(({ evidence }) => evidence);
  const different = [...new Set(words)].filter(Boolean);
  return different.length > 0
    ? details("AWS's own words", fence(different.join('\n\n'), 'text'))
    : '';
}
