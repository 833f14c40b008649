"""Layers that AWS provides, by architecture."""

from __future__ import annotations


def test_each_architecture_has_an_agent_of_its_own():
    from platform_cli.stacks.constructs.agents import flags_agent

    arm, intel = (flags_agent("eu-west-1", architecture) for architecture in ("arm64", "x86_64"))
    assert arm.split(":")[6] == "AWS-AppConfig-Extension-Arm64"
    assert intel.split(":")[6] == "AWS-AppConfig-Extension"
