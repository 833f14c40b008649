"""What `platform alarms coverage` finds, and what `platform secrets` remarks about a secret."""

from __future__ import annotations

ALARMS = {
    "alarm-actions-disabled": (
        "The actions of the alarm are switched off by hand, without an end, so it goes on and tells nobody. "
        "Switch them on again; `platform doctor --fix` does. For a while of peace there is "
        "`platform alarms silence`, which ends by itself."
    ),
    "alarm-constant": (
        "With the values of the last two weeks the alarm would have been on for half of the time or more. "
        "Who sees it all the time does not look any more. Mend what it complains of, or set "
        "another threshold."
    ),
    "alarm-far": (
        "The worst value of two weeks did not come to a tenth of the threshold, so what is ten times the "
        "usual would not set the alarm off. Consider another threshold; where only the extreme is bad, this "
        "is right."
    ),
    "alarm-missing": (
        "The blueprint asks for the alarm, and it is not there: somebody deleted it, or it was not deployed "
        "yet. A deployment makes it."
    ),
    "alarm-silenced": (
        "Somebody silenced the alarm with `platform alarms silence`: it goes on and off, and tells nobody. "
        "The silence ends by itself at the time that the finding says; `--end` ends it at once."
    ),
    "alarm-switched-off": (
        "The blueprint says `enabled: false` for an alarm of the recommended set. See from time to time "
        "whether the reason still holds."
    ),
    "alarm-undeclared": (
        "An alarm bears the environment's name, and the blueprint does not ask for it: somebody made it by "
        "hand, or it was left. Declare it, or delete it."
    ),
    "alarm-unheard": (
        "The alarm tells a topic, and nobody who confirmed is subscribed to it. A mail address hears nothing "
        "before somebody follows the link in the mail that AWS sends. Let it be confirmed, or name another "
        "contact under `alarms`."
    ),
    "alarm-without-action": (
        "The alarm tells nobody when it goes on. Alarms of the blueprint tell the contacts of their "
        "severity; name one for it, or deploy again if somebody took the action away."
    ),
    "alarm-without-data": (
        "What the alarm looks at had no value in two weeks. Most alarms take missing data for good, so their "
        "state does not show it. The finding says when the last value was within 15 months, and whether "
        "other metrics with the same dimensions have values. If they have, the metric counts what has not "
        "happened; if not, the thing is not in use, or the alarm has other dimensions than the metric."
    ),
    "alarms-unwatched": (
        "The blueprint names nobody to tell, so no alarm is made. Name contacts under `alarms`, and "
        "everything has its alarms."
    ),
}
"""By the trouble of a finding of `platform alarms coverage`."""

SECRETS = {
    "secret-managed": (
        "An AWS service manages the secret and rotates it itself. Nothing here rotates it or sets its value."
    ),
    "secret-missing": "The blueprint declares the secret, and it is not there. A deployment makes it.",
    "secret-overdue": (
        "The current value is older than `rotation.every_days` says, or AWS has missed its own date. "
        "`platform secrets rotate NAME` rotates it now, `--overdue` all of these; see also why AWS did not."
    ),
    "secret-replica": (
        "AWS could not bring the secret's value to another region, and says why. Readers there have an older "
        "value. Mend the cause (often the key of that region), and rotate or set the value again."
    ),
    "secret-rotating": (
        "A rotation is going on: the secret has a pending version that is younger than a rotation may take. "
        "Wait for its end; `platform secrets status NAME` shows it."
    ),
    "secret-stuck": (
        "A rotation stopped half-way: a pending version is left, and nothing can be working on it any more. "
        "The current value still works. `platform secrets rotate NAME` takes the left version away and "
        "rotates anew; the rotation function's log says why it stopped."
    ),
    "secret-unused": (
        "No function of the blueprint reads the secret, or nobody has read it for 90 days. A secret costs "
        "money, and is one more that can leak: take it away if nothing outside needs it."
    ),
}
"""By the code of a condition; those that are also errors stand with the errors of secrets."""
