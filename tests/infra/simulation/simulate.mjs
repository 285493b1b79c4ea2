// Asks an IAM simulator what each principal may do. In: {library, principals, questions}, on standard input; a question
// names its principal, and has the policy of the resource where that says something. Out: one verdict a question, in order: Allowed, ImplicitlyDenied or ExplicitlyDenied.
import { readFileSync } from "node:fs";

const { library, principals, questions } = JSON.parse(readFileSync(0, "utf8"));
const { runSimulation } = await import(library);

const verdicts = [];
for (const { principal, action, resource, context, resourcePolicy } of questions) {
  const { arn, account, identityPolicies, boundaries, serviceControlPolicies } = principals[principal];
  const answer = await runSimulation(
    {
      request: {
        principal: arn,
        action,
        resource: { resource, accountId: resource.split(":")[4] || account },
        contextVariables: { "aws:PrincipalArn": arn, ...context },
      },
      identityPolicies,
      permissionBoundaryPolicies: boundaries.length ? boundaries : undefined,
      serviceControlPolicies,
      resourceControlPolicies: [],
      resourcePolicy: resourcePolicy ?? undefined,
    },
    {},
  );
  if (answer.resultType === "error") {
    throw new Error(`${principal}: ${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  }
  verdicts.push(answer.overallResult);
}
process.stdout.write(JSON.stringify(verdicts));
