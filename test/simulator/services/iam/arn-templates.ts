/** The ARN templates that SimulatePrincipalPolicy names for an action, from the service reference. */
export const arnTemplates: Record<string, string> = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: AWS's placeholders look like this
  'ecr:BatchCheckLayerAvailability':
    'arn:${Partition}:ecr:${Region}:${Account}:repository/${RepositoryName}',
  'ecr:BatchGetImage': 'arn:${Partition}:ecr:${Region}:${Account}:repository/${RepositoryName}',
  'ecr:GetDownloadUrlForLayer':
    'arn:${Partition}:ecr:${Region}:${Account}:repository/${RepositoryName}',
  'ecs:UpdateService':
    'arn:${Partition}:ecs:${Region}:${Account}:service/${ClusterName}/${ServiceName}',
  'iam:PassRole': 'arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}',
  'kms:Decrypt': 'arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}',
  'logs:CreateLogGroup': 'arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}',
  'logs:CreateLogStream': 'arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}',
  'logs:PutLogEvents':
    'arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}',
  's3:GetBucketLocation': 'arn:${Partition}:s3:::${BucketName}',
  's3:GetObject': 'arn:${Partition}:s3:::${BucketName}/${ObjectName}',
  'secretsmanager:GetSecretValue':
    'arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${SecretId}',
  'ssm:GetParameters':
    'arn:${Partition}:ssm:${Region}:${Account}:parameter/${ParameterNameWithoutLeadingSlash}',
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: AWS's placeholders look like this
};
