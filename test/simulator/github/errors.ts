export const docs = 'https://docs.github.com/rest';

/** One entry of `errors` in a 422 or 409. */
export type Problem = Record<string, unknown>;

/** An error as GitHub answers it. */
export class GitHubError extends Error {
  readonly status: number;
  readonly documentation: string;
  readonly errors: Problem[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    more: { documentation?: string; errors?: Problem[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.documentation = more.documentation ?? docs;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export const notFound = () => new GitHubError(404, 'Not Found');

export const invalid = (resource: string, field: string, message: string, code = 'custom') =>
  new GitHubError(422, 'Validation Failed', { errors: [{ resource, code, field, message }] });

/** A field that the schema of the request demands. */
export const notSupplied = (field: string) =>
  new GitHubError(422, `Invalid request.\n\n"${field}" wasn't supplied.`);

export const badRequest = (message: string) =>
  new GitHubError(422, `Invalid request.\n\n${message}`);
