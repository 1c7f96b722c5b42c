/**
 * A repository on GitHub as it is before anything happens, and what will go wrong with it. Plain
 * data, as the world of the AWS part is.
 */
export interface GitHubWorld {
  owner: string;
  repo: string;
  /** 1296269 where absent. Links to further pages use it. */
  id?: number;
  /** `public` where absent; of a private one, who may not read it sees nothing. */
  visibility?: 'public' | 'private';
  archived?: boolean;
  /** Where people look at it; https://github.com where absent. */
  serverUrl?: string;
  /** `main` where absent. */
  defaultBranch?: string;
  branches: Record<string, string | BranchSpec>;
  tags?: Record<string, string>;
  /** By SHA. Commits of branches, tags and pull requests exist also when they are not listed. */
  commits?: Record<string, CommitSpec>;
  pulls?: PullSpec[];
  /** Issues that are no pull requests. */
  issues?: IssueSpec[];
  deployments?: DeploymentSpec[];
  /** By the token's text. */
  tokens: Record<string, TokenSpec>;
  faults?: GitHubFault[];
}

export interface BranchSpec {
  sha: string;
  /** Lacks commits of the default branch, which a deployment with `auto_merge` merges. */
  behind?: boolean;
  /** That merge would fail. */
  conflicts?: boolean;
}

export interface CommitSpec {
  /** Its pull requests; where absent, those whose head or merge commit it is. */
  pulls?: number[];
  /** Commit statuses and check runs by context; a deployment waits for them unless told not to. */
  checks?: Record<string, 'pending' | 'success' | 'failure' | 'error'>;
}

export interface IssueSpec {
  number: number;
  title?: string;
  author?: string;
  state?: 'open' | 'closed';
  locked?: boolean;
  comments?: (CommentSpec | CommentsSpec)[];
}

export interface PullSpec extends IssueSpec {
  head: { ref: string; sha: string /** `owner/repo` of a fork. */; repo?: string };
  /** The default branch where absent. */
  base?: { ref: string; sha?: string };
  draft?: boolean;
  /** The commit that merged it; makes it closed. */
  mergedAs?: string;
}

export interface CommentSpec {
  by: string;
  body: string;
  /** `Bot` where the name ends in `[bot]`, else `User`. */
  type?: 'User' | 'Bot' | 'Mannequin' | 'Organization';
  association?: string;
  /** An hour where absent. */
  createdSecondsAgo?: number;
}

/** So many comments by others, of whom three take turns. */
export interface CommentsSpec {
  others: number;
  body?: string;
}

export interface DeploymentSpec {
  environment: string;
  sha: string;
  ref?: string;
  transient?: boolean;
  production?: boolean;
  /** The oldest first. */
  statuses?: DeploymentState[];
}

export type DeploymentState =
  | 'error'
  | 'failure'
  | 'inactive'
  | 'in_progress'
  | 'queued'
  | 'pending'
  | 'success';

export type Scope = 'contents' | 'deployments' | 'issues' | 'pull-requests';
export type Level = 'none' | 'read' | 'write';

/**
 * Who a token speaks for: `workflow` is a job's GITHUB_TOKEN, `installation` another GitHub App's,
 * `fine-grained` and `classic` are a person's.
 */
export interface TokenSpec {
  kind: 'workflow' | 'installation' | 'fine-grained' | 'classic';
  /** `github-actions[bot]` for `workflow`. */
  login?: string;
  /** Scopes that are not named are `none`, as in a workflow; `write` for all where absent. */
  permissions?: Partial<Record<Scope, Level>>;
  /** `NONE` for bots and `MEMBER` for people where absent. */
  association?: string;
}

/** What comes between client and GitHub. Without a limit it never ends. */
export interface GitHubFault {
  /** Any where absent. */
  method?: string;
  /** Below the API's address; `*` is any text. Any path where absent. */
  path?: string;
  /** How many calls it hits. */
  times?: number;
  /** How many calls of the kind it lets pass first. */
  afterCall?: number;
  /** Counted from its first hit. */
  forSeconds?: number;
  answer:
    | { status: number; message?: string; headers?: Record<string, string> }
    /** Answers as usual, but so much later, in real time. */
    | { slowMs: number }
    | 'primary-limit'
    | 'secondary-limit'
    /** Never answers. */
    | 'hang'
    /** Closes the connection unheard. */
    | 'reset'
    /** Does what was asked, then closes the connection. */
    | 'reset-after'
    /** The page of GitHub's own proxy. */
    | 'html-502';
}
