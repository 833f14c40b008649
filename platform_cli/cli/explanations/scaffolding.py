"""What can go wrong while a workspace or a service is made."""

from __future__ import annotations

SCAFFOLDING = {
    "bad-answer": "An answer cannot be used; the message names the option, and the hint what it takes.",
    "bad-name": (
        "The name cannot be a folder, a Python package and a part of names on AWS all at once. The hint "
        "suggests one that can."
    ),
    "blueprint-changed": (
        "The blueprint was edited while the service was being made. Run the command again."
    ),
    "broken-answers": (
        "The service's .copier-answers.yml is not what `platform new-service` wrote. Take it back from "
        "version control."
    ),
    "broken-template": (
        "A template that ships with the tool cannot be rendered. Install platform-cli again."
    ),
    "cannot-edit": (
        "The blueprint is written in a way that cannot be changed at this spot without losing something "
        "of it. That value is as it was; change it by hand. Where several were to be changed, the message "
        "says which are written, and which are left for the same command."
    ),
    "folder-not-empty": (
        "The folder for a new workspace holds files already. Choose an empty one, or add a service to "
        "the workspace that is there."
    ),
    "incomplete-installation": (
        "The installation lacks its templates or blueprints. Install platform-cli again."
    ),
    "no-answers": (
        "The service was not made by `platform new-service`, so there is no record of how it was rendered."
    ),
    "other-template-version": "The service was rendered by another release than the one that is installed.",
    "service-does-not-fit": (
        "The blueprint would not be valid with the new service. Nothing was written; the message says "
        "what collides."
    ),
    "service-exists": "There is a service or a folder of this name already. Choose another name.",
    "unknown-answer": (
        "The template does not ask for this. `platform new-service --help` lists what each kind takes."
    ),
    "unknown-blueprint": "There is no such blueprint to start from; the hint lists them.",
    "unknown-template": "There is no such kind of service; the hint lists them.",
}
