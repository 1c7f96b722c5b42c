/** An error as an AWS API answers it. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export const clientError = (message: string) => new ApiError('ClientException', message);

export const invalidParameter = (message: string) =>
  new ApiError('InvalidParameterException', message);
