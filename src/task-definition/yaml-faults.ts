import type { ErrorCode } from 'yaml';

/**
 * What each code of the YAML parser means, in words that quote nothing: its own messages may quote
 * the text, which may be a password.
 * https://eemeli.org/yaml/#errors
 */
const FAULTS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) has an anchor or a tag of its own',
  BAD_ALIAS:
    'an anchor or alias has no name or a doubtful one. Quote a value that begins with & or *',
  BAD_COLLECTION_TYPE: 'a tag (!name) does not fit what it stands before. Remove the tag',
  BAD_DIRECTIVE: 'a line that begins with % is no directive of YAML. Quote a value that does',
  BAD_DQ_ESCAPE:
    'a value in double quotes holds a backslash that begins no known escape. Use single quotes',
  BAD_INDENT: 'the indentation does not fit',
  BAD_PROP_ORDER: 'an anchor or a tag stands before the - or ? that it belongs after',
  BAD_SCALAR_START: 'a value begins with a character that needs quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a list or a mapping begins where a single value must be. Quote a value that holds ": "',
  BLOCK_IN_FLOW: 'an indented list or mapping stands inside brackets',
  DUPLICATE_KEY: 'a key is there more than once, and keys must be unique',
  IMPOSSIBLE: 'it cannot be made sense of',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a closing quote, a bracket, a comma, a colon or a space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key extends over several lines. Is a colon or a quote missing?',
  MULTIPLE_ANCHORS: 'a value has more than one anchor (&name)',
  MULTIPLE_DOCS: 'it holds several YAML documents. Keep one',
  MULTIPLE_TAGS: 'a value has more than one tag (!name)',
  NON_STRING_KEY: 'a key is not text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab is used as indentation. Use spaces',
  TAG_RESOLVE_FAILED:
    'a tag cannot be resolved. Quote a value that begins with !; tags such as !Ref or !Sub belong to CloudFormation',
  UNEXPECTED_TOKEN:
    'there is something that may not stand here. Quote a value with special characters',
};

/** What `code` means, as the end of a sentence. */
export function describeYamlFault(code: string): string {
  return new Map(Object.entries(FAULTS)).get(code) ?? 'it cannot be made sense of';
}
